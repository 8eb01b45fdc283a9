//! The difference as one file for browsers: no request, no script, light, dark and print.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::screen::position;
use super::telling;
use super::wire::{Change, Difference, Summary};
use crate::language::{Prose, say};
use crate::report::Layout;
use crate::report::markup::shortened;
use crate::report::words::points;
use crate::text::sanitize::for_terminal;

/// All of the style.
const STYLE: &str = include_str!("style.css");
/// Its digest, which lets the browser use it and no other; a test compares them.
const STYLE_DIGEST: &str = "sha256-kTSndflC7voOUgMaPjk+v/IStP5yLySGZS9VyhZ/FwE=";
/// How many entries a list has, and how many systems are told of.
const LIST: usize = 50;
const SYSTEMS: usize = 200;

struct Html {
    out: String,
    layout: Layout,
}

pub(super) fn render(difference: &Difference, meanings: &BTreeMap<String, String>, layout: Layout) -> String {
    let voice = layout.voice;
    let mut page = Html { out: String::new(), layout };
    let title = page.say(&say!("From {} to {}", telling::side(&difference.old), telling::side(&difference.new)));
    let policy = format!("default-src 'none'; style-src '{STYLE_DIGEST}'; base-uri 'none'; form-action 'none'");
    page.raw(&format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" \
         content=\"{policy}\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n",
        voice.language().tag()
    ));
    page.element("p", &telling::summary(difference));
    for caution in telling::cautions(difference) {
        page.element("p", &caution);
    }
    let changes = telling::changes(difference);
    page.table(&changes);
    for (at, (change, is_estate)) in changes.iter().take(SYSTEMS).enumerate() {
        page.system(at, change, *is_estate, meanings);
    }
    if changes.len() > SYSTEMS {
        page.element("p", &say!("… and {} more systems; -o json has everything.", changes.len() - SYSTEMS));
    }
    page.raw("</main>\n</body>\n</html>\n");
    page.out
}

/// Text in an element or an attribute.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in for_terminal(text).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

impl Html {
    fn raw(&mut self, html: &str) {
        self.out.push_str(html);
    }

    fn say(&self, prose: &Prose) -> String {
        escaped(&self.layout.voice.say(&shortened(prose)))
    }

    fn element(&mut self, name: &str, prose: &Prose) {
        let text = self.say(prose);
        // Writing to a string cannot fail.
        let _ = writeln!(self.out, "<{name}>{text}</{name}>");
    }

    fn table(&mut self, changes: &[(&Change, bool)]) {
        if changes.is_empty() {
            return;
        }
        let voice = self.layout.voice;
        let titles = [
            (voice.words("system"), false),
            (voice.words("verdict"), false),
            (voice.words("need before"), true),
            (voice.words("need now"), true),
            (voice.words("moved"), true),
            (voice.words("suggested"), false),
        ];
        let caption = escaped(&voice.words("Systems that moved"));
        self.raw(&format!("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\"><table>\n<caption>{caption}</caption>\n<thead><tr>"));
        for (title, is_number) in titles {
            let class = if is_number { " class=\"number\"" } else { "" };
            self.raw(&format!("<th scope=\"col\"{class}>{}</th>", escaped(&title)));
        }
        self.raw("</tr></thead>\n<tbody>\n");
        for (at, (change, is_estate)) in changes.iter().enumerate() {
            let score = |side: &Option<Summary>| {
                side.as_ref().map_or_else(|| "–".to_owned(), |one| self.say(&say!("{}", points(one.need.score))))
            };
            let name = self.say(&telling::name(change, *is_estate));
            let name = if at < SYSTEMS { format!("<a href=\"#s{at}\">{name}</a>") } else { name };
            let verdict = self.say(&telling::verdict(change, voice));
            let moved = change.need_moved.map_or_else(|| "–".to_owned(), |moved| self.say(&telling::signed(moved)));
            let suggested = change.new.as_ref().and_then(|one| one.suggested_name.as_deref()).unwrap_or("–");
            let row = format!(
                "<tr><th scope=\"row\">{name}</th><td>{verdict}</td><td class=\"number\">{}</td>\
                 <td class=\"number\">{}</td><td class=\"number\">{moved}</td><td>{}</td></tr>\n",
                score(&change.old),
                score(&change.new),
                escaped(suggested)
            );
            self.raw(&row);
        }
        self.raw("</tbody>\n</table></div>\n");
    }

    fn system(&mut self, at: usize, change: &Change, is_estate: bool, meanings: &BTreeMap<String, String>) {
        let voice = self.layout.voice;
        let name = self.say(&telling::name(change, is_estate));
        let verdict = self.say(&telling::verdict(change, voice));
        self.raw(&format!("<section aria-labelledby=\"s{at}\">\n<h2 id=\"s{at}\">{name}: {verdict}</h2>\n"));
        if let (Some(old), Some(new)) = (&change.old, &change.new)
            && change.need_moved != Some(0.0)
        {
            self.gauge(old, new);
        }
        self.raw("<ul>\n");
        for fact in telling::facts(change) {
            self.element("li", &fact);
        }
        self.raw("</ul>\n");
        for part in telling::parts(change, meanings, voice) {
            self.raw(&format!("<h3>{}</h3>\n<ul>\n", escaped(&voice.words(part.title))));
            for entry in part.entries.iter().take(LIST) {
                let text = self.say(&entry.text);
                self.raw(&format!("<li><span class=\"mark\">{}</span> {text}", escaped(&entry.mark)));
                for place in entry.places.iter().take(3) {
                    let at = crate::report::markup::cut(&position(place), 200);
                    self.raw(&format!("<span class=\"place\">{}</span>", escaped(&at)));
                }
                self.raw("</li>\n");
            }
            if part.entries.len() > LIST {
                self.element("li", &say!("… and {} more", part.entries.len() - LIST));
            }
            self.raw("</ul>\n");
        }
        self.raw("</section>\n");
    }

    /// The need on a line from 0 to 100: where it was, a ring, and where it is, a dot; the list below says the same.
    fn gauge(&mut self, old: &Summary, new: &Summary) {
        let at = |points: f64| 10.0 + points.clamp(0.0, 100.0) * 5.8;
        let (before, after) = (at(old.need.score), at(new.need.score));
        let text = self.say(&say!("Need {} before, {} now", points(old.need.score), points(new.need.score)));
        self.raw(&format!(
            "<svg viewBox=\"0 0 600 40\" role=\"img\" aria-label=\"{text}\"><line class=\"axis\" x1=\"10\" y1=\"20\" x2=\"590\" \
             y2=\"20\"/><line class=\"way\" x1=\"{before:.1}\" y1=\"20\" x2=\"{after:.1}\" y2=\"20\"/><circle class=\"old\" \
             cx=\"{before:.1}\" cy=\"20\" r=\"7\"/><circle class=\"new\" cx=\"{after:.1}\" cy=\"20\" r=\"7\"/></svg>\n"
        ));
    }
}
