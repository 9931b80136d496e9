//! The direction in which letters of a PDF are written, and places as they are along it: turned
//! text is read as upright text is.
//!
//! Always holds: what is turned by a quarter or two has exact places; what is turned a little
//! against the letters before it, as on a scan, stays in their frame. Source: ISO 32000-1, 9.4.4.

use pdf_extract::Transform;

/// The cosine of the greatest angle between letters of one frame.
const ONE_DIRECTION: f64 = 0.96;
/// Upright, and turned by a quarter, two and three.
const QUARTERS: [(f64, f64); 4] = [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)];

/// Axes of which one is along the line: a vector of length 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TextFrame((f64, f64));

impl Default for TextFrame {
    fn default() -> TextFrame {
        TextFrame::UPRIGHT
    }
}

impl TextFrame {
    pub(super) const UPRIGHT: TextFrame = TextFrame((1.0, 0.0));

    /// The frame of a letter of a size that follows letters of this frame.
    pub(super) fn of(self, at: &Transform, font_size: f64) -> TextFrame {
        let (x, y) = (at.m11 * font_size.signum(), at.m12 * font_size.signum());
        let length = x.hypot(y);
        let is_along =
            |(along_x, along_y): &(f64, f64)| x * along_x + y * along_y >= ONE_DIRECTION * length;
        if length == 0.0 || !length.is_finite() || is_along(&self.0) {
            return self;
        }
        let quarter = QUARTERS.into_iter().find(is_along);
        TextFrame(quarter.unwrap_or((x / length, y / length)))
    }

    /// A place of the page: how far it is along the line, and its base line.
    pub(super) fn place(self, x: f64, y: f64) -> (f64, f64) {
        let TextFrame((along_x, along_y)) = self;
        (x * along_x + y * along_y, y * along_x - x * along_y)
    }
}

/// The side of a square with the area of a letter's box.
pub(super) fn size(at: &Transform, font_size: f64) -> f64 {
    font_size.abs() * (at.m11 * at.m22 - at.m12 * at.m21).abs().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_along_the_letters() {
        let upright = TextFrame::UPRIGHT;
        let of = |a, b, c, d, size| upright.of(&Transform::row_major(a, b, c, d, 0.0, 0.0), size);
        assert_eq!(of(1.0, 0.1, -0.1, 1.0, 12.0), upright);
        assert_eq!(of(-1.0, 0.0, 0.0, -1.0, -12.0), upright);
        let up = of(0.05, 2.0, -2.0, 0.05, 12.0);
        assert_eq!(up, TextFrame((0.0, 1.0)));
        assert_eq!(up.place(30.0, 40.0), (40.0, -30.0));
        assert_eq!(of(3.0, 4.0, -4.0, 3.0, 12.0), TextFrame((0.6, 0.8)));
        assert_eq!(of(0.0, 0.0, 0.0, 0.0, 12.0), upright);
        assert_eq!(size(&Transform::row_major(0.0, 2.0, -2.0, 0.0, 5.0, 5.0), -6.0), 12.0);
    }
}
