//! A page of HTML, parsed as browsers parse it, and what holds for every page of ours.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use std::collections::BTreeSet;

use html5ever::tendril::TendrilSink as _;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// A page of HTML.
pub struct Page {
    text: String,
    dom: RcDom,
}

/// An element with its attributes.
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<String>,
}

impl Element {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Page {
    pub fn parse(text: &str) -> Self {
        let dom = parse_document(RcDom::default(), ParseOpts::default()).one(text);
        Self { text: text.to_owned(), dom }
    }

    /// The content security policy.
    pub fn policy(&self) -> String {
        let metas = self.elements();
        let policy = metas.iter().find(|one| one.get("http-equiv") == Some("Content-Security-Policy"));
        policy.and_then(|one| one.get("content")).expect("a policy").to_owned()
    }

    /// The text of the only element of a name.
    pub fn inline(&self, name: &str) -> String {
        let found: Vec<Element> = self.elements().into_iter().filter(|one| one.name == name).collect();
        assert_eq!(found.len(), 1, "elements {name}");
        found[0].text.clone()
    }

    /// What holds for every page: no error of syntax, nothing that loads or runs, every address leads somewhere, and the
    /// structure that those need who do not see it.
    pub fn assert_sound(&self, what: &str) {
        let errors = self.dom.errors.borrow();
        assert!(errors.is_empty(), "{what}: {:?}", &errors[..errors.len().min(3)]);
        let elements = self.elements();
        let count = |name: &str| elements.iter().filter(|one| one.name == name).count();
        for (name, times) in [("h1", 1), ("main", 1), ("style", 1), ("script", 1), ("link", 1)] {
            assert_eq!(count(name), times, "{what}: elements {name}");
        }
        for forbidden in ["img", "iframe", "object", "embed", "base", "video", "audio", "image", "use", "foreignObject"]
        {
            assert_eq!(count(forbidden), 0, "{what}: elements {forbidden}");
        }
        let mut ids = BTreeSet::new();
        for element in &elements {
            if let Some(id) = element.get("id") {
                assert!(ids.insert(id.to_owned()), "{what}: the id {id} stands twice");
            }
            assert_attributes(what, element);
        }
        for element in &elements {
            for name in ["href", "aria-labelledby", "data-controls"] {
                let Some(value) = element.get(name) else { continue };
                let id = if name == "href" { value.strip_prefix('#') } else { Some(value) };
                assert!(id.is_none_or(|id| ids.contains(id)), "{what}: {name} leads to {value}, which is not there");
            }
            self.assert_structure(what, element);
        }
        let html = elements.iter().find(|one| one.name == "html").expect("html");
        assert!(html.get("lang").is_some_and(|lang| lang.len() == 2), "{what}: no language");
        // Browsers mend what is not closed; ours is closed as it is written.
        for name in ["div", "section", "table", "tr", "td", "th", "li", "ul", "p", "details", "svg", "a", "g", "span"] {
            let opened =
                self.text.matches(&format!("<{name}>")).count() + self.text.matches(&format!("<{name} ")).count();
            assert_eq!(
                opened,
                self.text.matches(&format!("</{name}>")).count(),
                "{what}: elements {name} are not closed"
            );
        }
    }

    fn assert_structure(&self, what: &str, element: &Element) {
        let has = |name: &str| element.children.iter().any(|child| child == name);
        match element.name.as_str() {
            "table" => assert!(has("caption") && has("thead") && has("tbody"), "{what}: {:?}", element.children),
            "th" => assert!(element.get("scope").is_some(), "{what}: a head without a scope: {}", element.text),
            "details" => assert_eq!(element.children.first().map(String::as_str), Some("summary"), "{what}"),
            "svg" => {
                let is_named = has("title") || element.get("aria-hidden") == Some("true");
                assert!(is_named, "{what}: a drawing without a name");
            }
            _ => {}
        }
    }

    fn elements(&self) -> Vec<Element> {
        let mut elements = Vec::new();
        walk(&self.dom.document, &mut elements);
        elements
    }
}

fn assert_attributes(what: &str, element: &Element) {
    for (name, value) in &element.attributes {
        let loads =
            ["src", "srcset", "action", "formaction", "background", "poster", "ping", "data", "style", "xlink:href"];
        assert!(!loads.contains(&name.as_str()) && !name.starts_with("on"), "{what}: {} {name}={value}", element.name);
        if name == "href" {
            let may = match element.name.as_str() {
                "link" => value == "data:,",
                "a" => ["#", "https://", "http://"].iter().any(|start| value.starts_with(start)),
                _ => false,
            };
            assert!(may, "{what}: {} leads to {value}", element.name);
        }
    }
}

fn walk(node: &Handle, elements: &mut Vec<Element>) {
    if let NodeData::Element { name, attrs, .. } = &node.data {
        let attributes =
            attrs.borrow().iter().map(|one| (one.name.local.to_string(), one.value.to_string())).collect::<Vec<_>>();
        let mut children = Vec::new();
        for child in node.children.borrow().iter() {
            if let NodeData::Element { name, .. } = &child.data {
                children.push(name.local.to_string());
            }
        }
        let mut text = String::new();
        gather(node, &mut text);
        elements.push(Element { name: name.local.to_string(), attributes, text, children });
    }
    for child in node.children.borrow().iter() {
        walk(child, elements);
    }
}

fn gather(node: &Handle, text: &mut String) {
    if let NodeData::Text { contents } = &node.data {
        text.push_str(&contents.borrow());
    }
    if text.len() < 100_000 {
        node.children.borrow().iter().for_each(|child| gather(child, text));
    }
}

/// Red, green and blue, 0 to 1.
pub type Colour = [f64; 3];

/// The colours of a theme by their names.
pub type Theme = Vec<(String, Colour)>;

/// The colours of the light theme, and those of the dark one.
pub fn themes(style: &str) -> [Theme; 2] {
    let blocks: Vec<&str> = style.split(":root{").skip(1).filter_map(|rest| rest.split('}').next()).collect();
    let theme = |block: &str| -> Theme {
        let entries = block.split(';').filter_map(|entry| entry.split_once(':'));
        entries.filter_map(|(name, value)| Some((name.strip_prefix("--")?.to_owned(), hexadecimal(value)?))).collect()
    };
    let themes = [theme(blocks[0]), theme(blocks[1])];
    let names = |theme: &Theme| theme.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&themes[0]), names(&themes[1]), "both themes have the same colours");
    assert!(themes[0].len() > 10, "the colours are read");
    themes
}

fn hexadecimal(text: &str) -> Option<Colour> {
    let digits = text.trim().strip_prefix('#')?;
    let wide: String =
        if digits.len() == 3 { digits.chars().flat_map(|digit| [digit, digit]).collect() } else { digits.to_owned() };
    let part = |at: usize| u8::from_str_radix(wide.get(at..at + 2)?, 16).ok().map(|value| f64::from(value) / 255.0);
    Some([part(0)?, part(2)?, part(4)?])
}

/// Which text stands on which ground.
pub fn text_on_ground() -> Vec<(&'static str, &'static str)> {
    let mut pairs = vec![("ink", "debatable-tint")];
    for ground in ["paper", "card", "faint", "needless-tint"] {
        pairs.extend([("ink", ground), ("soft", ground), ("link", ground)]);
    }
    for verdict in [
        ("needless", "needless-tint"),
        ("debatable", "debatable-tint"),
        ("justified", "justified-tint"),
        ("native", "native-tint"),
        ("unclear", "unclear-tint"),
    ] {
        pairs.extend([verdict, (verdict.0, "paper"), (verdict.0, "card")]);
    }
    pairs
}

pub fn colour(theme: &Theme, name: &str) -> Colour {
    theme.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no colour --{name}")).1
}

/// A colour with another over it that lets the rest through.
pub fn blended(under: Colour, over: Colour, share: f64) -> Colour {
    std::array::from_fn(|part| under[part] * (1.0 - share) + over[part] * share)
}

/// The contrast of two colours, 1 to 21, as WCAG 2 reckons it.
pub fn contrast(one: Colour, other: Colour) -> f64 {
    let light = |colour: Colour| {
        let linear = |part: f64| if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
        0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2])
    };
    let (one, other) = (light(one), light(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}
