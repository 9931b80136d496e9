//! What keeps the memory of a process from others.
//!
//! Always holds: where the system refuses a measure, the others are taken all the same; nothing
//! here keeps anything from root. Source: prctl(2) PR_SET_DUMPABLE, getrlimit(2), mlock(2).

/// Keeps other processes of this user from reading this one's memory, and the system from writing
/// it into a core file.
pub fn harden() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    // A limit that cannot be lowered is one of a system that has none.
    let _ = setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

/// Keeps the memory of some values out of the swap until this process ends, where the system allows
/// it.
pub(super) fn lock_memory<T>(values: &Vec<T>) {
    let size = values.capacity() * size_of::<T>();
    if let Ok(guard) = region::lock(values.as_ptr(), size) {
        std::mem::forget(guard);
    }
}
