//! A report as one page of HTML that refers to nothing outside.

use super::{Block, Cell, Picture, Report, Section, Table};
use crate::base::chart::escaped;
use crate::base::text::{counted, grouped};

/// The page's look, on the screen and on paper: A4, and nothing torn apart by a page's end.
const STYLE: &str = "
:root { color-scheme: light; }
body { font: 15px/1.45 system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; color: #1d242c; background: #fff; max-width: 60rem; margin: 2rem auto; padding: 0 1.2rem; }
h1 { font-size: 1.9rem; margin: 0 0 .4rem; } h2 { font-size: 1.35rem; margin: 2.2rem 0 .6rem; border-bottom: 2px solid #088bce; padding-bottom: .2rem; }
p.lead { margin: .15rem 0; } nav { margin: 1rem 0; } nav a { margin-right: 1rem; white-space: nowrap; } a { color: #11559c; }
.warnings { border-left: 4px solid #ac4a0b; background: #fdf4ee; padding: .6rem 1rem; margin: 1.2rem 0; } .warnings h2 { border: 0; margin: 0 0 .3rem; font-size: 1.1rem; } .warnings ul { margin: 0; padding-left: 1.2rem; }
table { border-collapse: collapse; margin: .8rem 0; font-size: .86rem; } caption { text-align: left; font-weight: 600; padding-bottom: .25rem; }
th, td { border-bottom: 1px solid #d7dde3; padding: .18rem .55rem .18rem 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; } th { color: #4a545e; font-weight: 600; }
td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } td.help { color: #5b656e; } tr.changed td { background: #fff3d6; font-weight: 600; } tr.changed td.help { font-weight: 400; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .35rem 1.2rem; margin: .6rem 0; } dl div { border-bottom: 1px solid #e4e8ec; } dt { color: #5b656e; font-size: .82rem; } dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
figure { margin: 1rem 0; } figure img, figure svg { max-width: 100%; height: auto; display: block; border: 1px solid #e4e8ec; } figcaption { font-size: .85rem; color: #4a545e; margin-top: .25rem; } .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); gap: .6rem 1rem; } .charts figure { margin: .3rem 0; }
@page { size: A4; margin: 16mm 14mm; }
@media print { body { font-size: 10pt; max-width: none; margin: 0; padding: 0; } nav { display: none; } h2 { break-after: avoid; } figure, dl div, tr, .warnings { break-inside: avoid; } thead { display: table-header-group; } .charts { grid-template-columns: 1fr 1fr; } section.page { break-before: page; } a { color: inherit; text-decoration: none; } .warnings, tr.changed td { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
";

/// Parts that begin a page of their own on paper.
const ON_A_PAGE: [&str; 8] =
    ["clusters", "density", "encounters", "gates", "areas", "oddities", "parameters", "provenance"];

impl Report {
    /// The report as a page: everything is in it, nothing is fetched.
    pub fn html(&self) -> String {
        let title = escaped(&self.title);
        let mut out = format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" \
             content=\"width=device-width, initial-scale=1\"/><title>{title}</title><style>{STYLE}</style></head>\n<body>\n<h1>{title}</h1>\n"
        );
        for line in &self.lead {
            out.push_str(&format!("<p class=\"lead\">{}</p>\n", escaped(line)));
        }
        if self.sections.len() > 1 {
            out.push_str("<nav>");
            for section in &self.sections {
                let (id, title) = (escaped(&section.id), escaped(&section.title));
                out.push_str(&format!("<a href=\"#{id}\">{title}</a>"));
            }
            out.push_str("</nav>\n");
        }
        if !self.warnings.is_empty() {
            out.push_str("<div class=\"warnings\" id=\"warnings\"><h2>To mind</h2><ul>\n");
            for warning in &self.warnings {
                out.push_str(&format!("<li>{}</li>\n", escaped(warning)));
            }
            out.push_str("</ul></div>\n");
        }
        self.sections.iter().for_each(|section| write_section(section, &mut out));
        out.push_str("</body></html>\n");
        out
    }
}

fn write_section(section: &Section, out: &mut String) {
    let class = if ON_A_PAGE.contains(&section.id.as_str()) { " class=\"page\"" } else { "" };
    let (id, title) = (escaped(&section.id), escaped(&section.title));
    out.push_str(&format!("<section id=\"{id}\"{class}><h2>{title}</h2>\n"));
    // Charts that follow each other stand side by side.
    let mut is_among_charts = false;
    for block in &section.blocks {
        let is_chart = matches!(block, Block::Chart(..));
        if is_chart != is_among_charts {
            out.push_str(if is_chart { "<div class=\"charts\">\n" } else { "</div>\n" });
            is_among_charts = is_chart;
        }
        write_block(block, out);
    }
    if is_among_charts {
        out.push_str("</div>\n");
    }
    out.push_str("</section>\n");
}

fn write_block(block: &Block, out: &mut String) {
    match block {
        Block::Text(text) => out.push_str(&format!("<p>{}</p>\n", escaped(text))),
        Block::Figures(figures) if figures.is_empty() => (),
        Block::Figures(figures) => {
            out.push_str("<dl>\n");
            for (name, value) in figures {
                let (name, value) = (escaped(name), escaped(&value.shown()));
                out.push_str(&format!("<div><dt>{name}</dt><dd>{value}</dd></div>\n"));
            }
            out.push_str("</dl>\n");
        }
        Block::Table(table) => write_table(table, out),
        Block::Chart(name, chart) => {
            out.push_str(&format!("<figure id=\"chart-{}\">", escaped(name)));
            out.push_str(chart.svg().trim_end());
            out.push_str("</figure>\n");
        }
        Block::Drawing(name, caption, scene) => {
            out.push_str(&format!("<figure id=\"map-{}\">", escaped(name)));
            out.push_str(scene.svg(caption).trim_end());
            out.push_str(&format!("<figcaption>{}</figcaption></figure>\n", escaped(caption)));
        }
        Block::Picture(Picture { caption, size_px: [width, height], png, .. }) => {
            let (caption, bytes) = (escaped(caption), base64(png));
            out.push_str(&format!(
                "<figure><img alt=\"{caption}\" width=\"{width}\" height=\"{height}\" \
                 src=\"data:image/png;base64,{bytes}\"/><figcaption>{caption}</figcaption></figure>\n"
            ));
        }
    }
}

fn write_table(table: &Table, out: &mut String) {
    let Table { name, caption, columns, rows, shown } = table;
    let is_parameters = name.starts_with("parameters.");
    out.push_str(&format!("<table id=\"table-{}\">", escaped(name)));
    out.push_str(&format!("<caption>{}</caption><thead><tr>", escaped(caption)));
    for column in columns {
        out.push_str(&format!("<th>{}</th>", escaped(column)));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows.iter().take(*shown) {
        let is_changed = is_parameters && row.get(3).is_some_and(|cell| *cell != Cell::Nothing);
        out.push_str(if is_changed { "<tr class=\"changed\">" } else { "<tr>" });
        for (place, cell) in row.iter().enumerate() {
            let class = match cell {
                _ if is_parameters && place == 4 => " class=\"help\"",
                cell if cell.is_number() => " class=\"n\"",
                _ => "",
            };
            let text = match cell {
                Cell::Nothing if is_parameters => String::new(),
                cell => escaped(&cell.shown()),
            };
            out.push_str(&format!("<td{class}>{text}</td>"));
        }
        out.push_str("</tr>\n");
    }
    if rows.is_empty() {
        out.push_str(&format!("<tr><td colspan=\"{}\">None</td></tr>\n", columns.len().max(1)));
    }
    out.push_str("</tbody></table>\n");
    if rows.len() > *shown {
        let more = counted((rows.len() - shown) as u64, "more row");
        let all = grouped(rows.len() as u64);
        out.push_str(&format!("<p>And {more}: {all} in all, in {}.csv.</p>\n", escaped(name)));
    }
}

/// Bytes as text of 64 letters, as data URIs have it (RFC 4648).
///
/// ```
/// # use fairway::flow::report::base64;
/// assert_eq!((base64(b"Man"), base64(b"Ma"), base64(b"M")), ("TWFu".into(), "TWE=".into(), "TQ==".into()));
/// ```
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |n: usize| u32::from(three.get(n).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for n in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * n)) as usize & 63];
            text.push(if n <= three.len() { char::from(letter) } else { '=' });
        }
    }
    text
}
