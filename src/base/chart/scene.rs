//! A drawing of lines, areas and text, and how it is written as SVG.

/// A drawing: what a chart becomes, and a map for print.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Scene {
    /// Width and height, points.
    pub size: [f64; 2],
    /// What is drawn, the first at the bottom. The ground is white.
    pub items: Vec<Item>,
}

/// A part of a drawing. Places are points from the upper left corner.
#[derive(Clone, PartialEq, Debug)]
pub enum Item {
    /// A line, or an area where it is filled.
    Path {
        /// Its corners.
        points: Vec<[f64; 2]>,
        /// The line, if there is one.
        stroke: Option<Stroke>,
        /// What fills the area that the corners go round; it must be convex to be painted as a
        /// picture. None for a line.
        fill: Option<Fill>,
    },
    /// Areas of one color that are one in print: those that touch have no seam.
    Areas {
        /// The corners of each; each must be convex to be painted as a picture.
        rings: Vec<Vec<[f64; 2]>>,
        /// What fills them.
        fill: Fill,
    },
    /// A dot.
    Dot {
        /// Its middle.
        at: [f64; 2],
        /// Its radius, points.
        radius: f64,
        /// Its color.
        fill: Fill,
    },
    /// A line of text.
    Text {
        /// Where it stands: the line that letters stand on.
        at: [f64; 2],
        /// What it says.
        text: String,
        /// Height of its font, points.
        size: f64,
        /// Which part of it stands there.
        anchor: Anchor,
        /// How it is turned, degrees clockwise about `at`.
        turn_deg: f64,
        /// 0xRRGGBB.
        color: u32,
    },
}

/// A line's look.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Stroke {
    /// Points.
    pub width: f64,
    /// 0xRRGGBB.
    pub color: u32,
    /// 0 to 1.
    pub opacity: f64,
    /// Whether it is dashed.
    pub is_dashed: bool,
}

/// An area's look.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Fill {
    /// 0xRRGGBB.
    pub color: u32,
    /// 0 to 1.
    pub opacity: f64,
}

/// Which part of a text stands at its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Anchor {
    /// Its beginning.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

impl Stroke {
    /// An opaque line.
    pub fn new(width: f64, color: u32) -> Stroke {
        Stroke { width, color, opacity: 1.0, is_dashed: false }
    }

    /// The same, dashed.
    #[must_use]
    pub fn dashed(self) -> Stroke {
        Stroke { is_dashed: true, ..self }
    }
}

impl Fill {
    /// An opaque color.
    pub fn new(color: u32) -> Fill {
        Fill { color, opacity: 1.0 }
    }
}

impl Item {
    /// A line.
    pub fn line(points: Vec<[f64; 2]>, stroke: Stroke) -> Item {
        Item::Path { points, stroke: Some(stroke), fill: None }
    }

    /// An area.
    pub fn area(points: Vec<[f64; 2]>, fill: Fill) -> Item {
        Item::Path { points, stroke: None, fill: Some(fill) }
    }

    /// A rectangle by two corners.
    pub fn rect([left, top]: [f64; 2], [right, bottom]: [f64; 2], fill: Fill) -> Item {
        Item::area(vec![[left, top], [right, top], [right, bottom], [left, bottom]], fill)
    }

    /// Text that is not turned.
    pub fn text(
        at: [f64; 2],
        text: impl Into<String>,
        size: f64,
        anchor: Anchor,
        color: u32,
    ) -> Item {
        Item::Text { at, text: text.into(), size, anchor, turn_deg: 0.0, color }
    }
}

impl Scene {
    /// About how wide a text is, points: sans-serif letters are half as wide as high, and a bit.
    pub fn text_width(text: &str, size: f64) -> f64 {
        0.54 * size * text.chars().count() as f64
    }

    /// The drawing as a whole SVG file that refers to nothing outside, with `title` for those who
    /// cannot see it. It grows to the width that it is given.
    pub fn svg(&self, title: &str) -> String {
        let [width, height] = self.size.map(short);
        let mut text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" font-family=\"Helvetica, Arial, sans-serif\" \
             role=\"img\"><title>{}</title><rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>",
            escaped(title)
        );
        self.items.iter().for_each(|item| write(item, &mut text));
        text.push_str("</svg>\n");
        text
    }
}

fn write(item: &Item, out: &mut String) {
    match item {
        Item::Path { points, stroke, fill } => {
            if points.is_empty() {
                return;
            }
            out.push_str("<path d=\"");
            for (n, [x, y]) in points.iter().enumerate() {
                out.push_str(&format!(
                    "{}{} {}",
                    if n == 0 { "M" } else { "L" },
                    short(*x),
                    short(*y)
                ));
            }
            out.push_str(if fill.is_some() { "Z\"" } else { "\"" });
            match fill {
                Some(fill) => out.push_str(&fill_text(*fill)),
                None => out.push_str(" fill=\"none\""),
            }
            if let Some(stroke) = stroke {
                out.push_str(&stroke_text(*stroke));
            }
            out.push_str("/>");
        }
        Item::Areas { rings, fill } => {
            if rings.is_empty() {
                return;
            }
            out.push_str("<path d=\"");
            for ring in rings {
                // Round one way, so that what two share cancels out.
                let area: f64 = (0..ring.len())
                    .map(|n| (ring[n], ring[(n + 1) % ring.len()]))
                    .map(|([ax, ay], [bx, by])| ax * by - bx * ay)
                    .sum();
                let mut corners: Vec<&[f64; 2]> = ring.iter().collect();
                if area < 0.0 {
                    corners.reverse();
                }
                for (n, [x, y]) in corners.into_iter().enumerate() {
                    let letter = if n == 0 { "M" } else { "L" };
                    out.push_str(&format!("{letter}{} {}", short(*x), short(*y)));
                }
                out.push('Z');
            }
            out.push_str(&format!("\"{}/>", fill_text(*fill)));
        }
        Item::Dot { at: [x, y], radius, fill } => out.push_str(&format!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\"{}/>",
            short(*x),
            short(*y),
            short(*radius),
            fill_text(*fill)
        )),
        Item::Text { at: [x, y], text, size, anchor, turn_deg, color } => {
            let (x, y) = (short(*x), short(*y));
            let turn = if *turn_deg == 0.0 {
                String::new()
            } else {
                format!(" transform=\"rotate({} {x} {y})\"", short(*turn_deg))
            };
            let anchor = match anchor {
                Anchor::Start => "",
                Anchor::Middle => " text-anchor=\"middle\"",
                Anchor::End => " text-anchor=\"end\"",
            };
            out.push_str(&format!(
                "<text x=\"{x}\" y=\"{y}\" font-size=\"{}\" fill=\"{}\"{anchor}{turn}>{}</text>",
                short(*size),
                hex(*color),
                escaped(text)
            ));
        }
    }
}

fn fill_text(fill: Fill) -> String {
    let opacity = if fill.opacity < 1.0 {
        format!(" fill-opacity=\"{}\"", short(fill.opacity))
    } else {
        String::new()
    };
    format!(" fill=\"{}\"{opacity}", hex(fill.color))
}

fn stroke_text(stroke: Stroke) -> String {
    let mut text =
        format!(" stroke=\"{}\" stroke-width=\"{}\"", hex(stroke.color), short(stroke.width));
    if stroke.opacity < 1.0 {
        text.push_str(&format!(" stroke-opacity=\"{}\"", short(stroke.opacity)));
    }
    if stroke.is_dashed {
        text.push_str(" stroke-dasharray=\"4 3\"");
    }
    text + " stroke-linejoin=\"round\""
}

fn hex(color: u32) -> String {
    format!("#{:06x}", color & 0x00ff_ffff)
}

/// A number with two decimals at most.
fn short(number: f64) -> String {
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// Text as it may stand in HTML, SVG and KML, in an element or in an attribute. What XML does not
/// allow at all, control characters and the two that are no characters, becomes a question mark.
///
/// ```
/// # use fairway::base::chart::escaped;
/// assert_eq!(escaped("<script>\"a\" & 'b'\u{0}"), "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;\u{fffd}");
/// ```
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_is_written_item_by_item() {
        let scene = Scene {
            size: [100.0, 50.5],
            items: vec![
                Item::line(vec![[0.0, 0.0], [10.0, 5.126]], Stroke::new(1.5, 0x00ff_0000).dashed()),
                Item::rect([1.0, 2.0], [3.0, 4.0], Fill { color: 0x0000_00ff, opacity: 0.5 }),
                Item::Dot { at: [5.0, 6.0], radius: 2.0, fill: Fill::new(0) },
                Item::text([7.0, 8.0], "a < b", 11.0, Anchor::End, 0x0012_3456),
            ],
        };
        let svg = scene.svg("<x>");
        for part in [
            "viewBox=\"0 0 100 50.5\"",
            "<title>&lt;x&gt;</title>",
            "<path d=\"M0 0L10 5.13\" fill=\"none\" stroke=\"#ff0000\" stroke-width=\"1.5\" stroke-dasharray=\"4 3\" stroke-linejoin=\"round\"/>",
            "<path d=\"M1 2L3 2L3 4L1 4Z\" fill=\"#0000ff\" fill-opacity=\"0.5\"/>",
            "<circle cx=\"5\" cy=\"6\" r=\"2\" fill=\"#000000\"/>",
            "<text x=\"7\" y=\"8\" font-size=\"11\" fill=\"#123456\" text-anchor=\"end\">a &lt; b</text>",
        ] {
            assert!(svg.contains(part), "{part}\n{svg}");
        }
    }
}
