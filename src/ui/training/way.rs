//! The network that tells where ships are bound.

use std::sync::Arc;

use egui::Ui;
use serde_json::Value;

use super::models::{Check, Score, Setting, Trainable, Trained, size_text};
use crate::base::params::manual;
use crate::base::text::counted;
use crate::destination::way::WayModel;
use crate::flow::bound::DestinationSettings;
use crate::flow::tray::Shelf;
use crate::flow::{Desk, Key, Session};
use crate::learn::{DeviceChoice, Watch};
use crate::ui::form::params_ui;

/// The network that tells where ships are bound: WAY or one of its rivals.
pub struct Way;

impl Trainable for Way {
    fn title(&self) -> &'static str {
        "Destinations"
    }

    fn about(&self) -> &'static str {
        "Tells to which port a ship is bound, all along her voyage; learns from past voyages"
    }

    fn stem(&self) -> &'static str {
        "destination"
    }

    fn stage(&self) -> &'static str {
        "destination-fit"
    }

    fn stages(&self) -> &'static [&'static str] {
        &["destination-fit"]
    }

    fn shelf<'a>(&self, desk: &'a Desk) -> &'a dyn Shelf {
        &desk.destination_fit
    }

    fn input<'a>(&self, desk: &'a Desk) -> &'a dyn Shelf {
        &desk.nests
    }

    fn settings_ui(&self, ui: &mut Ui, session: &mut Session) {
        params_ui(ui, "way", &mut session.destination.way, &|_| None);
    }

    fn settings(&self, session: &Session) -> Vec<Setting> {
        let DestinationSettings { model, way, validation_share, split_seed, .. } =
            &session.destination;
        let setting = |name: &str, value: String| Setting { name: name.into(), value };
        let mut settings = vec![setting("model", model.clone())];
        settings.extend(Setting::all(&manual(way)));
        settings.push(setting("validation_share", validation_share.to_string()));
        settings.push(setting("split_seed", split_seed.to_string()));
        settings
    }

    fn snapshot(&self, session: &Session) -> Value {
        let DestinationSettings { model, way, validation_share, split_seed, .. } =
            &session.destination;
        serde_json::to_value((model, way, validation_share, split_seed)).unwrap_or_default()
    }

    fn restore(&self, session: &mut Session, snapshot: &Value) {
        if let Ok((model, way, share, seed)) = serde_json::from_value(snapshot.clone()) {
            let settings = &mut session.destination;
            (settings.model, settings.way) = (model, way);
            (settings.validation_share, settings.split_seed) = (share, seed);
        }
    }

    fn size(&self, _: &Session, desk: &Desk) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(shown) = desk.nests.shown() {
            let n = shown.value.data.len() as u64;
            lines.push(format!("{} to learn from", counted(n, "voyage")));
        }
        let shown = desk.destination_fit.shown().filter(|shown| !shown.is_stale);
        match shown.and_then(|shown| shown.value.model.as_ref()) {
            Some(model) => {
                lines.push(size_text(model.parameters()));
                lines.push(counted(model.classes().len() as u64, "port"));
            }
            None => lines.push("Its size is known once the ports of the voyages are".into()),
        }
        lines
    }

    fn device(&self, session: &Session) -> Option<DeviceChoice> {
        Some(session.destination.way.train.device)
    }

    fn source<'a>(&self, session: &'a Session) -> &'a str {
        &session.destination.model
    }

    fn set_source(&self, session: &mut Session, source: String) {
        session.destination.model = source;
    }

    fn is_folder(&self) -> bool {
        true
    }

    fn check(&self, _: &Session, desk: &Desk) -> Check {
        let nests = desk.nests.shown().map(|shown| Arc::clone(shown.value));
        Box::new(move |folder| {
            let nests = nests.ok_or("there are no voyages yet: open their data first")?;
            let read = WayModel::load(folder, nests.voyages.table());
            read.map(|_| ()).map_err(|error| error.to_string())
        })
    }

    fn working_on(&self, desk: &Desk) -> Option<Key> {
        desk.destination_fit.working_on()
    }

    fn watches(&self, desk: &Desk) -> Vec<(String, Watch)> {
        let so_far = desk.destination_fit.so_far();
        so_far.map(|of| (String::new(), of.watch.clone())).into_iter().collect()
    }

    fn shown(&self, desk: &Desk) -> Option<(Key, bool)> {
        desk.destination_fit.shown().map(|shown| (shown.key, !shown.is_stale))
    }

    fn trained(&self, desk: &Desk, key: Key) -> Option<Trained> {
        let (of, took) = desk.destination_fit.result_of(key)?;
        of.model.as_ref()?;
        let card = &of.card;
        let score = |(name, value): (&String, &f64)| Score {
            name: name.replace('_', " "),
            value: *value,
            unit: "",
        };
        let is_read = of.folder.is_some();
        let keep = Arc::clone(of);
        Some(Trained {
            curves: vec![(String::new(), of.curves.clone())],
            seconds: took.as_secs_f64(),
            scores: card.scores.iter().filter(|(name, _)| *name != "made").map(score).collect(),
            ended: if is_read { String::new() } else { card.split.clone() },
            device: card.device.clone(),
            data: card.data_key.clone(),
            source: of.folder.clone(),
            keep: Arc::new(move |path| match &keep.model {
                Some(model) => model.save(path, &keep.card).map_err(|error| error.to_string()),
                None => Err("there is no model".into()),
            }),
        })
    }

    fn faults<'a>(&self, desk: &'a Desk, key: Key) -> &'a [String] {
        desk.destination_fit.faults_of(key)
    }
}
