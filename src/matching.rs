//! Which system of one side is which of the other: by id, then by name and what tied it together, then by name alone, then
//! by the objects that both have, then by the same objects in another namespace. Every step treats both sides alike, so
//! that exchanging them gives the same pairs.

use std::collections::{BTreeMap, BTreeSet};

/// The least share of objects that two sides of one system have in common.
const OVERLAP: f64 = 0.5;

/// As much of a system as tells it from others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What tied it together.
    pub grouped_by: String,
    /// Its objects, `Kind/namespace/name`, or what else its evidence points at.
    pub objects: BTreeSet<String>,
}

/// How a pair was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FoundBy {
    /// Both have the same id.
    Id,
    /// Both have the same name.
    Name,
    /// Most objects are the same.
    Overlap,
}

/// The pairs as indices of both sides, in their order, and how each was found.
#[must_use]
pub fn pairs(old: &[Identity], new: &[Identity]) -> Vec<(usize, usize, FoundBy)> {
    let mut pairs = Vec::new();
    let mut left: (BTreeSet<usize>, BTreeSet<usize>) = ((0..old.len()).collect(), (0..new.len()).collect());
    let mut unique =
        |key: &dyn Fn(&Identity) -> String, found_by: FoundBy, left: &mut (BTreeSet<usize>, BTreeSet<usize>)| {
            let (by_old, by_new) = (keyed(old, &left.0, key), keyed(new, &left.1, key));
            for (key, olds) in by_old {
                // What is there twice is not told apart by it.
                if let ([a], Some([b])) = (olds.as_slice(), by_new.get(&key).map(Vec::as_slice)) {
                    pairs.push((*a, *b, found_by));
                    left.0.remove(a);
                    left.1.remove(b);
                }
            }
        };
    unique(&|system| system.id.clone(), FoundBy::Id, &mut left);
    unique(&|system| format!("{}\n{}", system.grouped_by, system.name), FoundBy::Name, &mut left);
    unique(&|system| system.name.clone(), FoundBy::Name, &mut left);
    let ways: [fn(&str) -> String; 2] = [str::to_owned, bare];
    for of in ways {
        overlapping(old, new, &of, &mut left, &mut pairs);
    }
    pairs.sort_by_key(|(a, b, _)| (*a, *b));
    pairs
}

/// An object without its namespace: `Kind/name` of `Kind/namespace/name`.
#[must_use]
pub fn bare(object: &str) -> String {
    match object.split('/').collect::<Vec<_>>().as_slice() {
        [kind, .., name] => format!("{kind}/{name}"),
        _ => object.to_owned(),
    }
}

/// Pairs of what is left on both sides, those that have most in common first.
fn overlapping(
    old: &[Identity],
    new: &[Identity],
    of: &dyn Fn(&str) -> String,
    left: &mut (BTreeSet<usize>, BTreeSet<usize>),
    pairs: &mut Vec<(usize, usize, FoundBy)>,
) {
    let objects = |systems: &[Identity], left: &BTreeSet<usize>| -> BTreeMap<usize, BTreeSet<String>> {
        left.iter().map(|at| (*at, systems[*at].objects.iter().map(|object| of(object)).collect())).collect()
    };
    let (of_old, of_new) = (objects(old, &left.0), objects(new, &left.1));
    let mut close: Vec<(u64, usize, usize)> = Vec::new();
    for (a, left) in &of_old {
        for (b, right) in &of_new {
            let both = left.intersection(right).count() as f64;
            let share = both / left.union(right).count().max(1) as f64;
            if share >= OVERLAP {
                close.push(((share * 1e6) as u64, *a, *b));
            }
        }
    }
    // The ids decide between pairs that are as close, whichever side they are on.
    let ids = |a: usize, b: usize| {
        let (a, b) = (old[a].id.as_str(), new[b].id.as_str());
        if a < b { (a, b) } else { (b, a) }
    };
    close.sort_by(|x, y| y.0.cmp(&x.0).then_with(|| ids(x.1, x.2).cmp(&ids(y.1, y.2))));
    for (_, a, b) in close {
        if left.0.contains(&a) && left.1.contains(&b) {
            pairs.push((a, b, FoundBy::Overlap));
            left.0.remove(&a);
            left.1.remove(&b);
        }
    }
}

fn keyed(
    systems: &[Identity],
    of: &BTreeSet<usize>,
    key: &dyn Fn(&Identity) -> String,
) -> BTreeMap<String, Vec<usize>> {
    let mut keyed: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for at in of {
        keyed.entry(key(&systems[*at])).or_default().push(*at);
    }
    keyed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn system(grouped_by: &str, name: &str, objects: &[&str]) -> Identity {
        Identity {
            id: format!("{grouped_by}:{name}"),
            name: name.to_owned(),
            grouped_by: grouped_by.to_owned(),
            objects: objects.iter().map(|object| (*object).to_owned()).collect(),
        }
    }

    #[test]
    fn renamed_folders_and_namespaces_are_the_same_systems() {
        let old = [
            system("directory", "web", &["Deployment/web", "Deployment/cache"]),
            system("namespace", "shop", &["Deployment/shop/api", "StatefulSet/shop/db"]),
        ];
        let new = [
            system("directory", "frontend", &["Deployment/web", "Deployment/cache"]),
            system("namespace", "store", &["Deployment/store/api", "StatefulSet/store/db"]),
        ];
        assert_eq!(pairs(&old, &new), [(0, 0, FoundBy::Overlap), (1, 1, FoundBy::Overlap)]);
        let swapped: Vec<_> = pairs(&new, &old).into_iter().map(|(a, b, by)| (b, a, by)).collect();
        assert_eq!(swapped, pairs(&old, &new));
    }

    #[test]
    fn what_has_nothing_in_common_is_not_the_same() {
        let (old, new) = ([system("directory", "a", &["Pod/x"])], [system("directory", "b", &["Pod/y"])]);
        assert!(pairs(&old, &new).is_empty());
    }
}
