//! Whose map it is, from what an archive says of itself.

use serde_json::Value;

/// Whom a map names as its makers, and where they are found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Credit {
    /// What is written on the map.
    pub text: String,
    /// Where a click on it leads: an address of the web.
    pub url: Option<String>,
}

impl Credit {
    /// A credit with a link.
    pub fn new(text: &str, url: &str) -> Credit {
        Credit { text: text.to_owned(), url: Some(url.to_owned()) }
    }
}

/// Longer texts are not for a corner of a map.
const MAX_LEN: usize = 200;

/// The credits in an archive's metadata, which are JSON with HTML inside.
pub fn of_metadata(json: &[u8]) -> Vec<Credit> {
    let metadata: Value = serde_json::from_slice(json).unwrap_or_default();
    metadata.get("attribution").and_then(Value::as_str).map(of_html).unwrap_or_default()
}

/// The credits in a piece of HTML such as `© <a href="https://osm.org">OSM</a>, others`: one for
/// each link, one for each text between. Tags other than links are dropped.
pub fn of_html(html: &str) -> Vec<Credit> {
    let mut credits = Vec::new();
    let (mut text, mut url) = (String::new(), None);
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text += before;
        // A tag without an end: the rest is text.
        let Some((tag, after)) = tag.split_once('>') else {
            rest = tag;
            continue;
        };
        rest = after;
        let name: String = tag.chars().take_while(char::is_ascii_alphabetic).collect();
        if name.eq_ignore_ascii_case("a") {
            // What led up to a link, such as its ©, goes with it.
            if !is_lead(&text) {
                push(&mut credits, &mut text, &mut url);
            }
            url = href(tag);
        } else if tag.eq_ignore_ascii_case("/a") {
            push(&mut credits, &mut text, &mut url);
        }
    }
    text += rest;
    push(&mut credits, &mut text, &mut url);
    credits
}

fn is_lead(text: &str) -> bool {
    unescaped(text).chars().all(|c| !c.is_alphanumeric())
}

fn push(credits: &mut Vec<Credit>, text: &mut String, url: &mut Option<String>) {
    let words = unescaped(&std::mem::take(text));
    let words: Vec<&str> = words.split_whitespace().collect();
    let words = words.join(" ");
    let text = words.trim_matches(|c: char| c.is_whitespace() || ",;|·-–—".contains(c));
    let url = url.take();
    if text.chars().any(char::is_alphanumeric) {
        let text = text.chars().filter(|c| !c.is_control()).take(MAX_LEN).collect();
        credits.push(Credit { text, url });
    }
}

/// The address of an `a` tag, if it is one of the web.
fn href(tag: &str) -> Option<String> {
    let at = tag.to_ascii_lowercase().find("href=")? + "href=".len();
    let value = &tag[at..];
    let quote = value.chars().next()?;
    let url = if matches!(quote, '"' | '\'') {
        value[1..].split(quote).next()?
    } else {
        value.split_whitespace().next()?
    };
    let url = unescaped(url);
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    (is_web && url.len() <= MAX_LEN).then_some(url)
}

fn unescaped(text: &str) -> String {
    text.replace("&copy;", "©")
        .replace("&nbsp;", " ")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Credit {
        Credit { text: text.to_owned(), url: None }
    }

    #[test]
    fn links_and_texts_of_an_attribution_become_credits() {
        for (html, credits) in [
            ("© Chart Office", vec![plain("© Chart Office")]),
            (
                "<a href=\"https://www.openstreetmap.org/copyright\" target='_blank'>&copy; OpenStreetMap contributors</a>",
                vec![Credit::new(
                    "© OpenStreetMap contributors",
                    "https://www.openstreetmap.org/copyright",
                )],
            ),
            (
                "&copy; <A HREF='http://a.org?x=1&amp;y'>A &amp; B</A>, <b>bold</b> words",
                vec![Credit::new("© A & B", "http://a.org?x=1&y"), plain("bold words")],
            ),
            (
                "Depths by X <a href=javascript:alert(1)>Y</a>",
                vec![plain("Depths by X"), plain("Y")],
            ),
            ("a < b", vec![plain("a b")]),
            ("<a href=", vec![plain("a href=")]),
            (" , <br> ", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(of_html(html), credits, "{html}");
        }
    }

    #[test]
    fn metadata_without_an_attribution_name_nobody() {
        for json in ["", "{", "[]", "{\"attribution\": 7}", "{\"name\": \"x\"}"] {
            assert_eq!(of_metadata(json.as_bytes()), vec![], "{json}");
        }
        assert_eq!(of_metadata(b"{\"attribution\": \"X\"}"), vec![plain("X")]);
    }
}
