//! The characters of numbers: separators, signs, currencies, magnitudes.
//!
//! Always holds: what a character is does not depend on those around it. Not here: which of them
//! belong to a number (`number`).

pub(super) fn is_separator(c: char) -> bool {
    matches!(
        c,
        '.' | ','
            | '\''
            | '’'
            | ':'
            | '/'
            | '⁄'
            | '·'
            | '٫'
            | '٬'
            | '^'
            | '_'
            | '×'
            | '⁻'
            | '₋'
            | '-'
            | '‐'..='―' | '−' | '，' | '．' | '：' | '～' | '〜'
    )
}

pub(super) fn is_raised(c: char) -> bool {
    matches!(c, '²' | '³' | '¹' | '\u{2070}'..='\u{2079}')
}

/// The spaces between thousands, and between a number and its currency or unit.
pub(super) fn is_gap(c: char) -> bool {
    matches!(c, ' ' | '\u{A0}' | '\u{2006}'..='\u{200A}' | '\u{202F}')
}

pub(super) fn is_sign(c: char) -> bool {
    matches!(
        c,
        '+' | '-'
            | '−'
            | '–'
            | '‑'
            | '±'
            | '∓'
            | '~'
            | '≈'
            | '<'
            | '>'
            | '≤'
            | '≥'
            | '﹣'
            | '－'
            | '＋'
    )
}

pub(super) fn is_currency(c: char) -> bool {
    matches!(c, '$' | '¢'..='¥' | '\u{58F}' | '\u{60B}' | '\u{9F2}' | '\u{9F3}' | '\u{E3F}'
        | '\u{20A0}'..='\u{20CF}' | '\u{FDFC}' | '＄' | '￠' | '￡' | '￥' | '￦')
}

pub(super) fn is_symbol(c: char) -> bool {
    matches!(c, '%' | '‰' | '‱' | '٪' | '％' | '\u{2103}' | '\u{2109}' | '\u{3371}'..='\u{33DF}')
}

/// Magnitudes and currencies after the digits in Chinese, Japanese and Korean.
pub(super) fn is_magnitude(c: char) -> bool {
    "十百千万萬亿億兆元円圓원십백천만억조".contains(c)
}

pub(super) fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
}
