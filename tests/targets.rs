//! The catalogue of targets and managed data services: what every entry has to hold, and docs/targets.md, which is made
//! from it. `UPDATE=1 cargo test --test targets` writes the page anew.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

mod support;

use std::fmt::Write as _;
use std::path::Path;

use kubeworthy::day::Day;
use kubeworthy::rules::file::SourceReference;
use kubeworthy::targets::{Certification, Jurisdiction, Promise, Status, Target};
use kubeworthy::{Kit, assess};

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn law(jurisdiction: &Jurisdiction) -> String {
    match jurisdiction.exposed_to.as_slice() {
        [] => "–".to_owned(),
        countries => countries.join(", "),
    }
}

fn promised(promise: Option<&Promise>) -> String {
    promise.map_or_else(
        || "–".to_owned(),
        |promise| {
            let zones = if promise.zones == 1 { String::new() } else { format!(", {} zones", promise.zones) };
            format!("{} % ({}{zones})", promise.promise, promise.of.id())
        },
    )
}

fn link(text: &str) -> String {
    if text.starts_with("https://") { format!("<{text}>") } else { text.to_owned() }
}

fn sources(page: &mut String, sources: &[SourceReference]) {
    for source in sources {
        match &source.url {
            Some(url) => writeln!(page, "- source: [{}]({url})", source.title),
            None => writeln!(page, "- source: {}", source.title),
        }
        .expect("written");
    }
}

fn certificates(page: &mut String, certifications: &[Certification]) {
    for one in certifications {
        let (name, status, offer, region) = (&one.name, one.status.id(), &one.offer, &one.region);
        let source = link(&one.source);
        writeln!(page, "- {name}, **{status}**: {offer}; {region}; checked {}; {source}", one.checked_on)
            .expect("written");
    }
}

fn promise(page: &mut String, promise: Option<&Promise>) {
    let Some(promise) = promise else { return };
    let note = promise.note.as_ref().map_or_else(String::new, |note| format!("; {note}"));
    writeln!(page, "- promises {} % of {}{note}; {}", promise.promise, promise.of.words(), link(&promise.source))
        .expect("written");
}

fn target(page: &mut String, target: &Target, kit: &Kit) {
    let own = if target.self_hosted { ", self-hosted" } else { "" };
    writeln!(
        page,
        "\n### {}\n\n`{}`, archetype `{}`{own}. {}\n",
        target.name, target.id, target.archetype, target.summary
    )
    .expect("written");
    if let Some(note) = &target.status_note {
        writeln!(page, "- **{}**: {note}", target.status.id()).expect("written");
    }
    if let Some(note) = &target.jurisdiction.note {
        writeln!(page, "- law: {note}").expect("written");
    }
    writeln!(page, "- lock-in {}: {}", target.lock_in.level.id(), target.lock_in.note).expect("written");
    promise(page, target.availability.as_ref());
    certificates(page, &target.certifications);
    for limit in &target.limits {
        let capability = &kit.capabilities.get(limit.capability).id;
        writeln!(page, "- limit: {}, else no `{capability}`; {}", limit.reason, link(&limit.source)).expect("written");
    }
    for (id, source) in &target.overrides {
        let coverage = target.coverage(*id);
        let text = if coverage.text().is_empty() { String::new() } else { format!(": {}", coverage.text()) };
        let capability = &kit.capabilities.get(*id).id;
        writeln!(page, "- `{capability}` is {}{text}; {}", coverage.id(), link(source)).expect("written");
    }
    sources(page, &target.sources);
}

/// The page from the catalogue.
fn page(kit: &Kit) -> String {
    let mut page = String::from(
        "# Targets\n\nMade from `rules/targets/`, `rules/complements/` and `rules/archetypes/` by `UPDATE=1 cargo test --test targets`.\n\
         How to write one: [writing-rules.md](writing-rules.md#the-target-file). An entry is said to be stale once its check is more\n\
         than 180 days ago; what could not be verified is left out. A date after a source's title is that of the text that was read.\n\n\
         - **tier**: 1 simple targets, 2 lighter orchestrators, 3 Kubernetes of more than one node.\n\
         - **seat**: the country of the operator, or `own` where you choose; **exposed**: countries whose law reaches the operator\n\
         \x20 wherever the data lies.\n\
         - **effort**, 1 to 10, and **lock-in** are judgements.\n\
         - **promise**: what is published, of the service, of the control plane alone, or of one host. It is a promise of a refund.\n\n\
         ## Catalogue\n\n\
         | target | tier | operator | seat | exposed | effort | lock-in | promise | state | checked on |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for target in kit.catalogue.targets() {
        let checked = target.checked_on.map_or_else(String::new, |day| day.to_string());
        let operator = if target.operator.starts_with("you") { "you" } else { &target.operator };
        writeln!(
            page,
            "| {} (`{}`) | {} | {} | {} | {} | {} | {} | {} | {} | {checked} |",
            cell(&target.name),
            target.id,
            target.tier,
            cell(operator),
            target.jurisdiction.seat,
            law(&target.jurisdiction),
            target.effort,
            target.lock_in.level.id(),
            promised(target.availability.as_ref()),
            target.status.id(),
        )
        .expect("written");
    }
    page.push_str("\n## Each target, with its limits and sources\n");
    for one in kit.catalogue.targets() {
        target(&mut page, one, kit);
    }
    page.push_str(
        "\n## Managed data services\n\nThey stand beside a target, so that it need not carry the data itself.\n\n\
         | service | operator | seat | exposed | engines | promise | checked on |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for one in kit.catalogue.complements() {
        writeln!(
            page,
            "| {} (`{}`) | {} | {} | {} | {} | {} | {} |",
            cell(&one.name),
            one.id,
            cell(&one.operator),
            one.jurisdiction.seat,
            law(&one.jurisdiction),
            one.engines.join(", "),
            promised(one.availability.as_ref()),
            one.checked_on
        )
        .expect("written");
    }
    for one in kit.catalogue.complements() {
        writeln!(page, "\n### {}\n\n{}\n", one.name, one.summary).expect("written");
        if let Some(note) = &one.jurisdiction.note {
            writeln!(page, "- law: {note}").expect("written");
        }
        promise(&mut page, one.availability.as_ref());
        certificates(&mut page, &one.certifications);
        sources(&mut page, &one.sources);
    }
    coverage(&mut page, kit);
    page
}

fn coverage(page: &mut String, kit: &Kit) {
    page.push_str(
        "\n## Coverage of the archetypes\n\nA target starts from its archetype's column and overrides cells, each with a source. What a cell says in words\n\
         (the work, the difficulty, the loss) stands in `rules/archetypes/` and in `kubeworthy targets NAME`.\n\n| capability |",
    );
    let archetypes: Vec<_> = kit.catalogue.archetypes().collect();
    for archetype in &archetypes {
        write!(page, " {} |", archetype.id).expect("written");
    }
    page.push_str("\n| --- |");
    page.push_str(&" --- |".repeat(archetypes.len()));
    page.push('\n');
    for (id, capability) in kit.capabilities.iter() {
        write!(page, "| `{}` |", capability.id).expect("written");
        for archetype in &archetypes {
            write!(page, " {} |", archetype.coverage(id).id()).expect("written");
        }
        page.push('\n');
    }
}

#[test]
fn the_page_of_targets_is_what_the_catalogue_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/targets.md");
    let page = page(&support::kit());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &page).expect("written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == page, "docs/targets.md is not up to date; run `UPDATE=1 cargo test --test targets`");
}

#[test]
fn every_entry_is_complete_and_stands_in_a_file_of_its_name() {
    let kit = support::kit();
    let embedded: Vec<&str> = kubeworthy::data::embedded("rules/").map(|file| file.name).collect();
    for target in kit.catalogue.targets() {
        let id = &target.id;
        assert!(embedded.contains(&format!("rules/targets/{id}.yaml").as_str()), "{id}");
        assert!(!target.sources.is_empty() && target.sources.iter().any(|source| source.url.is_some()), "{id}");
        assert!(!target.lock_in.note.is_empty() && !target.summary.is_empty(), "{id}");
        assert!(target.checked_on.is_some_and(|checked| checked >= day("2025-01-01")), "{id}");
        // Who chooses the machines chooses the law.
        assert!(!target.self_hosted || target.jurisdiction.seat == "own", "{id}");
        assert!(target.jurisdiction.seat != "US" || target.jurisdiction.exposed_to == ["US"], "{id}");
        for certification in &target.certifications {
            assert!(certification.source.starts_with("https://"), "{id}");
        }
    }
    for complement in kit.catalogue.complements() {
        let id = &complement.id;
        assert!(embedded.contains(&format!("rules/complements/{id}.yaml").as_str()), "{id}");
        assert!(!complement.engines.is_empty() && !complement.sources.is_empty(), "{id}");
        assert!(complement.jurisdiction.seat != "US" || complement.jurisdiction.exposed_to == ["US"], "{id}");
        assert!(
            complement.engines.iter().all(|engine| kit.tables.engine(engine).is_some_and(|e| e.replaceable)),
            "{id}"
        );
    }
    // Targets and services share the command that shows one.
    assert!(kit.catalogue.complements().iter().all(|one| kit.catalogue.find(&one.id).is_none()));
}

#[test]
fn what_is_closed_frozen_or_unfinished_is_marked() {
    let kit = support::kit();
    let status = |id: &str| kit.catalogue.find(id).unwrap_or_else(|| panic!("no {id}")).status;
    assert_eq!(status("aws-app-runner"), Status::Closed);
    assert_eq!(status("heroku"), Status::Maintenance);
    assert_eq!(status("clever-kubernetes"), Status::Beta);
    assert_eq!(status("s3ns-cloud-run"), Status::Beta);
    let open: Vec<&str> = kit
        .catalogue
        .targets()
        .iter()
        .filter(|target| target.status == Status::Open)
        .map(|target| target.id.as_str())
        .collect();
    assert!(open.len() >= 28, "{open:?}");
}

const SHOP: &str = "\
services:
  web:
    image: shop/web:1
    deploy: {replicas: 2}
  database:
    image: postgres:16
    volumes: [data:/var/lib/postgresql/data]
volumes: {data: {}}
";

fn shop(kit: &Kit) -> kubeworthy::assessment::Assessment {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("compose.yaml"), SHOP).expect("written");
    let input = kubeworthy::source::Input::Path(folder.path().to_path_buf());
    assess(&kubeworthy::source::collect(&[input], &kubeworthy::choices::Choices::default()), kit)
}

#[test]
fn stale_entries_are_flagged_and_kept() {
    let stale = |today: Option<&str>| {
        let kit = Kit { today: today.map(day), ..support::kit() };
        let estate = shop(&kit).estate;
        let count = estate.targets.iter().filter(|fit| fit.stale).count();
        (count, estate.targets.len(), estate.suggested, estate.need)
    };
    let (never, all, suggested, need) = stale(None);
    assert_eq!(never, 0);
    let (late, of_all, then_suggested, then_need) = stale(Some("2031-01-01"));
    assert_eq!((late, of_all), (all, all), "flagged, not removed");
    assert_eq!((suggested, need), (then_suggested, then_need), "age moves no number and no suggestion");
    let (now, ..) = stale(Some("2026-11-26"));
    assert!(now > 0 && now < all, "some entries were checked long ago");
}

#[test]
fn managed_services_are_named_for_the_engines_that_are_run() {
    let estate = shop(&support::kit()).estate;
    let engines: Vec<&str> = estate.complements.iter().map(|engine| engine.engine.as_str()).collect();
    assert_eq!(engines, ["postgresql"]);
    let services = &estate.complements[0].services;
    assert!(services.len() >= 6 && services.iter().any(|service| service.id == "scalingo-databases"), "{services:?}");
    assert!(services.iter().all(|service| service.id != "confluent-cloud"));
}
