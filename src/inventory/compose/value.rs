//! Compose values after interpolation, each with the place that it came from.

use super::interpolate::{Flaw, Variables, interpolate};
use crate::limits;
use crate::yaml::{Dialect, Node, Place, Scalar, scalar};

/// A value of a Compose file.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) place: Place,
    pub(super) data: Data,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(super) enum Data {
    Null,
    Scalar(Text),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
}

/// A scalar.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) text: String,
    /// Whether it is text for YAML, and not a number or a truth value.
    is_string: bool,
    /// The variable without a value in it, if any.
    unset: Option<String>,
}

/// The files of a project hold more values than a reader may keep.
#[derive(Debug)]
pub(super) struct TooLarge;

/// How many bytes a project may still take; copies count too.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Budget {
    pub(super) fn new(bytes: usize) -> Self {
        Self(bytes)
    }

    /// Takes what a copy of a value needs.
    pub(super) fn take(&mut self, value: &Value) -> Result<(), TooLarge> {
        self.take_text(value.bytes())
    }

    /// Takes what a text needs.
    pub(super) fn take_text(&mut self, bytes: usize) -> Result<(), TooLarge> {
        self.0 = self.0.checked_sub(bytes).ok_or(TooLarge)?;
        Ok(())
    }
}

/// What a value takes beside its text.
const BYTES_OF_A_VALUE: usize = 64;

/// The paths of keys that a file resets (`!reset`) or replaces (`!override`) in the files before it.
#[derive(Clone, Debug, Default)]
pub(super) struct Resets(Vec<Vec<String>>);

impl Resets {
    /// Puts the paths in order, so that those below one are found at once.
    pub(super) fn sort(&mut self) {
        self.0.sort();
        self.0.dedup();
    }

    /// Removes what stands at the paths, which lead from `at` on.
    pub(super) fn apply(&self, target: &mut Value, at: &[&str]) {
        let from = self.0.partition_point(|path| path.iter().map(String::as_str).lt(at.iter().copied()));
        let is_below = |path: &&Vec<String>| path.iter().zip(at).all(|(a, b)| a == b) && path.len() >= at.len();
        for path in self.0[from..].iter().take_while(is_below).filter(|path| path.len() > at.len()) {
            target.remove_at(&path[at.len()..]);
        }
    }
}

/// What reading a document of a Compose file needs.
pub(super) struct Reader<'r> {
    pub(super) variables: &'r Variables,
    pub(super) budget: &'r mut Budget,
    pub(super) resets: Resets,
    /// What was wrong with variables, and where.
    pub(super) flaws: Vec<(Place, Flaw)>,
    path: Vec<String>,
    is_within_override: bool,
}

impl<'r> Reader<'r> {
    pub(super) fn new(variables: &'r Variables, budget: &'r mut Budget) -> Self {
        Self {
            variables,
            budget,
            resets: Resets::default(),
            flaws: Vec::new(),
            path: Vec::new(),
            is_within_override: false,
        }
    }

    /// Whether a value is left out, and what it stands for in the files before goes too.
    fn is_reset(&self, value: Node<'_>) -> bool {
        !self.is_within_override && value.tag() == Some("!reset")
    }

    /// Notes the paths of the tagged values of a mapping, also where others take the place of merged ones.
    fn note_tags(&mut self, node: Node<'_>, depth: usize) {
        if self.is_within_override || node.tree().tags.is_empty() {
            return;
        }
        for (key, value) in node.written_entries() {
            let Some(key) = key.text() else { continue };
            if key == "<<" && value.is_mapping() && depth < limits::MERGE_DEPTH {
                self.note_tags(value, depth + 1);
            } else if matches!(value.tag(), Some("!reset" | "!override")) {
                let mut path = self.path.clone();
                path.push(key.to_owned());
                self.resets.0.push(path);
            }
        }
    }

    /// Reads a value of a collection. What replaces a value as a whole is not looked through for tags.
    fn read_within(&mut self, node: Node<'_>) -> Result<Value, TooLarge> {
        let outer = self.is_within_override;
        self.is_within_override |= node.tag() == Some("!override");
        let value = self.read(node);
        self.is_within_override = outer;
        value
    }

    /// Reads a node with its variables replaced.
    pub(super) fn read(&mut self, node: Node<'_>) -> Result<Value, TooLarge> {
        self.budget.take_text(BYTES_OF_A_VALUE)?;
        let place = node.place();
        let data = if node.is_mapping() {
            self.note_tags(node, 0);
            let mut entries = Vec::new();
            for (key, value) in node.entries_where(|value| !self.is_reset(value)) {
                let Some(key) = key.text() else { continue };
                self.path.push(key.to_owned());
                entries.push((key.to_owned(), self.read_within(value)?));
                self.path.pop();
            }
            Data::Map(entries)
        } else if node.is_sequence() {
            // Elements of lists cannot be reset by position, only dropped.
            let kept: Vec<Node<'_>> = node.items().filter(|item| !self.is_reset(*item)).collect();
            self.path.push("[]".to_owned());
            let items = kept.into_iter().map(|item| self.read_within(item)).collect::<Result<_, _>>()?;
            self.path.pop();
            Data::List(items)
        } else if node.is_null() {
            Data::Null
        } else {
            let written = node.text().unwrap_or_default();
            self.budget.take_text(written.len())?;
            match scalar::resolve(written, Dialect::Compose) {
                // Whole numbers are the same however they are written: `0x50` publishes port 80.
                Scalar::Integer(number) if !node.is_quoted() => {
                    Data::Scalar(Text { text: number.to_string(), is_string: false, unset: None })
                }
                resolved if node.is_quoted() || matches!(resolved, Scalar::Text(_)) => {
                    let result = interpolate(written, self.variables, self.budget)?;
                    self.flaws.extend(result.flaw.map(|flaw| (place, flaw)));
                    Data::Scalar(Text { text: result.text, is_string: true, unset: result.unset })
                }
                _ => Data::Scalar(Text { text: written.to_owned(), is_string: false, unset: None }),
            }
        };
        Ok(Value { place, data })
    }
}

impl Value {
    pub(super) fn new(place: Place, data: Data) -> Self {
        Self { place, data }
    }

    /// Text made from something that stands at a place.
    pub(super) fn string(place: Place, text: impl Into<String>) -> Self {
        Self::new(place, Data::Scalar(Text { text: text.into(), is_string: true, unset: None }))
    }

    /// A number or a truth value made from something that stands at a place.
    pub(super) fn plain(place: Place, text: impl Into<String>) -> Self {
        Self::new(place, Data::Scalar(Text { text: text.into(), is_string: false, unset: None }))
    }

    /// A mapping made from something that stands at a place.
    pub(super) fn map(place: Place, entries: Vec<(&str, Self)>) -> Self {
        Self::new(place, Data::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()))
    }

    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The value under a key, where it is not null: what is written as null counts as not written.
    pub(super) fn stated(&self, key: &str) -> Option<&Self> {
        self.get(key).filter(|value| !value.is_null())
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        match &mut self.data {
            Data::Map(entries) => entries.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Puts a value under a key of a mapping, in place of the one that stood there.
    pub(super) fn set(&mut self, key: &str, value: Self) {
        if let Some(known) = self.get_mut(key) {
            *known = value;
        } else if let Data::Map(entries) = &mut self.data {
            entries.push((key.to_owned(), value));
        }
    }

    pub(super) fn remove(&mut self, key: &str) -> Option<Self> {
        match &mut self.data {
            Data::Map(entries) => {
                let at = entries.iter().position(|(name, _)| name == key)?;
                Some(entries.remove(at).1)
            }
            _ => None,
        }
    }

    fn remove_at(&mut self, path: &[String]) {
        match path {
            [] => {}
            [last] => {
                self.remove(last);
            }
            [first, rest @ ..] => {
                if let Some(inner) = self.get_mut(first) {
                    inner.remove_at(rest);
                }
            }
        }
    }

    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |value, key| value.stated(key))
    }

    pub(super) fn entries(&self) -> &[(String, Self)] {
        match &self.data {
            Data::Map(entries) => entries,
            _ => &[],
        }
    }

    pub(super) fn entries_mut(&mut self) -> &mut [(String, Self)] {
        match &mut self.data {
            Data::Map(entries) => entries,
            _ => &mut [],
        }
    }

    pub(super) fn items(&self) -> &[Self] {
        match &self.data {
            Data::List(items) => items,
            _ => &[],
        }
    }

    pub(super) fn items_mut(&mut self) -> &mut [Self] {
        match &mut self.data {
            Data::List(items) => items,
            _ => &mut [],
        }
    }

    /// The items of a list, or the one value that stands where a list may stand.
    pub(super) fn one_or_more(&self) -> &[Self] {
        match &self.data {
            Data::List(items) => items,
            Data::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    /// The text of a scalar that is text for YAML.
    pub(super) fn as_string(&self) -> Option<&str> {
        match &self.data {
            Data::Scalar(scalar) if scalar.is_string => Some(&scalar.text),
            _ => None,
        }
    }

    pub(super) fn unset(&self) -> Option<&str> {
        match &self.data {
            Data::Scalar(scalar) => scalar.unset.as_deref(),
            _ => None,
        }
    }

    /// A truth value; text is taken as Docker takes it where a truth value is asked for.
    pub(super) fn boolean(&self) -> Option<bool> {
        match self.text()?.to_ascii_lowercase().as_str() {
            "true" | "y" | "yes" | "on" => Some(true),
            "false" | "n" | "no" | "off" => Some(false),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> Option<f64> {
        let text = self.text()?.trim();
        let number = match scalar::resolve(text, Dialect::Compose) {
            Scalar::Integer(number) if self.as_string().is_none() => Some(number as f64),
            _ => text.parse().ok(),
        };
        number.filter(|value: &f64| value.is_finite() && *value >= 0.0)
    }

    pub(super) fn is_map(&self) -> bool {
        matches!(self.data, Data::Map(_))
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self.data, Data::Null)
    }

    /// Whether two values are the same wherever they stand.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (&self.data, &other.data) {
            (Data::Null, Data::Null) => true,
            (Data::Scalar(a), Data::Scalar(b)) => a.text == b.text && a.is_string == b.is_string,
            (Data::List(a), Data::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b)),
            (Data::Map(a), Data::Map(b)) => {
                a.len() == b.len()
                    && a.iter().all(|(key, value)| {
                        b.iter().find(|(name, _)| name == key).is_some_and(|(_, other)| value.same(other))
                    })
            }
            _ => false,
        }
    }

    /// The bytes that a copy of this value takes.
    fn bytes(&self) -> usize {
        BYTES_OF_A_VALUE
            + match &self.data {
                Data::List(items) => items.iter().map(Self::bytes).sum(),
                Data::Map(entries) => entries.iter().map(|(key, value)| key.len() + value.bytes()).sum(),
                Data::Scalar(scalar) => scalar.text.len(),
                Data::Null => 0,
            }
    }

    /// A text that two values share if and only if they are the same wherever they stand.
    pub(super) fn fingerprint(&self) -> String {
        let mut text = String::new();
        self.write_fingerprint(&mut text);
        text
    }

    fn write_fingerprint(&self, into: &mut String) {
        let text = |text: &str, into: &mut String| {
            into.push_str(&text.len().to_string());
            into.push(':');
            into.push_str(text);
        };
        match &self.data {
            Data::Null => into.push('~'),
            Data::Scalar(scalar) => {
                into.push(if scalar.is_string { '"' } else { '=' });
                text(&scalar.text, into);
            }
            Data::List(items) => {
                into.push('[');
                items.iter().for_each(|item| item.write_fingerprint(into));
                into.push(']');
            }
            Data::Map(entries) => {
                let mut entries: Vec<&(String, Self)> = entries.iter().collect();
                entries.sort_by(|a, b| a.0.cmp(&b.0));
                into.push('{');
                for (key, value) in entries {
                    text(key, into);
                    value.write_fingerprint(into);
                }
                into.push('}');
            }
        }
    }
}
