//! The models of path prediction.

use std::sync::Arc;

use egui::Ui;
use serde_json::Value;

use super::models::{Check, Score, Setting, Trainable, Trained};
use crate::base::params::manual;
use crate::base::text::{counted, grouped};
use crate::flow::stages::{checked_models, save_models};
use crate::flow::tray::Shelf;
use crate::flow::{Desk, Key, Session};
use crate::learn::{DeviceChoice, Watch};
use crate::ui::form::{Stand, params_ui_where};
use crate::ui::predict_view::method_title;

/// The models of path prediction.
pub struct Predict;

impl Trainable for Predict {
    fn title(&self) -> &'static str {
        "Path prediction"
    }

    fn about(&self) -> &'static str {
        "Where a ship will be, by every method chosen; fitted to windows of all trips"
    }

    fn stem(&self) -> &'static str {
        "predict"
    }

    fn stage(&self) -> &'static str {
        "predict-fit"
    }

    fn stages(&self) -> &'static [&'static str] {
        &["predict-fit"]
    }

    fn shelf<'a>(&self, desk: &'a Desk) -> &'a dyn Shelf {
        &desk.fit
    }

    fn input<'a>(&self, desk: &'a Desk) -> &'a dyn Shelf {
        &desk.windows
    }

    fn settings_ui(&self, ui: &mut Ui, session: &mut Session) {
        let stand = |name: &str| match name {
            "model" | "folds" | "fold_seed" | "compare_inputs" => Stand::Absent,
            _ => Stand::Live,
        };
        params_ui_where(ui, "predict", &mut session.predict, &|_| None, &stand);
    }

    fn settings(&self, session: &Session) -> Vec<Setting> {
        Setting::all(&manual(&session.predict))
    }

    fn snapshot(&self, session: &Session) -> Value {
        serde_json::to_value(&session.predict).unwrap_or_default()
    }

    fn restore(&self, session: &mut Session, snapshot: &Value) {
        if let Ok(settings) = serde_json::from_value(snapshot.clone()) {
            session.predict = settings;
        }
    }

    fn size(&self, session: &Session, desk: &Desk) -> Vec<String> {
        let methods = session.predict.methods().unwrap_or_default();
        let titles: Vec<&str> = methods.iter().map(|method| method_title(*method)).collect();
        let mut lines = vec![titles.join(", ")];
        if let Some(shown) = desk.windows.shown() {
            let data = &shown.value.data;
            lines.push(format!(
                "{} of {} to learn from",
                counted(data.len() as u64, "window"),
                counted(data.n_ships() as u64, "ship")
            ));
        }
        lines
    }

    fn device(&self, _: &Session) -> Option<DeviceChoice> {
        None
    }

    fn source<'a>(&self, session: &'a Session) -> &'a str {
        &session.predict.model
    }

    fn set_source(&self, session: &mut Session, source: String) {
        session.predict.model = source;
    }

    fn is_folder(&self) -> bool {
        false
    }

    fn check(&self, _: &Session, _: &Desk) -> Check {
        // Models of other waters are of use: what depends on the place is left to dead reckoning.
        Box::new(|path| checked_models(path).map(|_| ()))
    }

    fn working_on(&self, desk: &Desk) -> Option<Key> {
        desk.fit.working_on()
    }

    fn watches(&self, _: &Desk) -> Vec<(String, Watch)> {
        Vec::new()
    }

    fn shown(&self, desk: &Desk) -> Option<(Key, bool)> {
        desk.fit.shown().map(|shown| (shown.key, !shown.is_stale))
    }

    fn trained(&self, desk: &Desk, key: Key) -> Option<Trained> {
        let (of, took) = desk.fit.result_of(key)?;
        let chosen = of.search.iter().filter(|tried| tried.is_chosen);
        let score = |tried: &crate::predict::tune::Tried| Score {
            name: format!("{} by inner folds", method_title(tried.method)),
            value: tried.mean_nmi,
            unit: "nmi",
        };
        let models = Arc::clone(of);
        Some(Trained {
            curves: Vec::new(),
            seconds: took.as_secs_f64(),
            scores: chosen.map(score).filter(|score| score.value.is_finite()).collect(),
            ended: if of.file.is_some() { String::new() } else { "all methods are fitted".into() },
            device: String::new(),
            data: format!(
                "{} windows of {} ships",
                grouped(of.card.windows as u64),
                grouped(of.card.ships as u64)
            ),
            source: of.file.clone(),
            keep: Arc::new(move |path| save_models(path, &models)),
        })
    }

    fn faults<'a>(&self, desk: &'a Desk, key: Key) -> &'a [String] {
        desk.fit.faults_of(key)
    }
}
