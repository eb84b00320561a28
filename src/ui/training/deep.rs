//! The autoencoder of deep clustering.

use std::sync::Arc;

use egui::Ui;
use serde_json::Value;

use super::models::{Check, Score, Setting, Trainable, Trained, megabytes, size_text};
use crate::base::params::manual;
use crate::base::text::counted;
use crate::cluster::deep::{EmbedParams, Lengths, MODEL_KIND, MODEL_VERSION};
use crate::flow::deep::DeepSettings;
use crate::flow::stages::{checked_network, data_key};
use crate::flow::tray::Shelf;
use crate::flow::{Desk, Key, Session};
use crate::learn::{AutoencoderShape, DeviceChoice, Ended, Watch};
use crate::ui::form::{Stand, params_ui_where};
use crate::ui::plot::axis::short;

/// The autoencoder of deep clustering.
pub struct Deep;

/// The network that `params` ask for, as far as that is known before trips are prepared.
fn asked_shape(params: &EmbedParams) -> Option<AutoencoderShape> {
    let prepare = &params.prepare;
    let attributes = 2 + usize::from(prepare.with_sog) + 2 * usize::from(prepare.with_cog);
    (prepare.form == Lengths::Resample).then(|| params.shape(prepare.points * attributes))
}

fn shape_text(shape: &AutoencoderShape) -> String {
    let there = std::iter::once(&shape.input).chain(&shape.hidden).chain([&shape.embedding]);
    let there: Vec<String> = there.map(ToString::to_string).collect();
    format!("{} and back", there.join("-"))
}

impl Trainable for Deep {
    fn title(&self) -> &'static str {
        "Autoencoder of deep clustering"
    }

    fn about(&self) -> &'static str {
        "Squeezes each trip into a few numbers; deep clustering groups trips by these"
    }

    fn stem(&self) -> &'static str {
        "deep"
    }

    fn stage(&self) -> &'static str {
        "deep-embed"
    }

    fn stages(&self) -> &'static [&'static str] {
        &["deep-embed"]
    }

    fn shelf<'a>(&self, desk: &'a Desk) -> &'a dyn Shelf {
        &desk.embed
    }

    fn input<'a>(&self, desk: &'a Desk) -> &'a dyn Shelf {
        &desk.repair
    }

    fn settings_ui(&self, ui: &mut Ui, session: &mut Session) {
        let is_of_network = |name: &str| {
            let entries = manual(&EmbedParams::default());
            let is_there = entries.iter().any(|entry| entry.name == name);
            if is_there { Stand::Live } else { Stand::Absent }
        };
        params_ui_where(ui, "deep", &mut session.deep, &|_| None, &is_of_network);
    }

    fn settings(&self, session: &Session) -> Vec<Setting> {
        let DeepSettings { model, embed, .. } = &session.deep;
        let mut settings = vec![Setting { name: "model".into(), value: model.clone() }];
        settings.extend(Setting::all(&manual(embed)));
        settings
    }

    fn snapshot(&self, session: &Session) -> Value {
        let DeepSettings { model, other_data, embed, .. } = &session.deep;
        serde_json::to_value((model, other_data, embed)).unwrap_or_default()
    }

    fn restore(&self, session: &mut Session, snapshot: &Value) {
        if let Ok((model, other_data, embed)) = serde_json::from_value(snapshot.clone()) {
            let deep = &mut session.deep;
            (deep.model, deep.other_data, deep.embed) = (model, other_data, embed);
        }
    }

    fn size(&self, session: &Session, desk: &Desk) -> Vec<String> {
        let params = &session.deep.embed;
        let shown = desk.embed.shown().filter(|shown| !shown.is_stale);
        let trained = shown.and_then(|shown| {
            let embedded = shown.value.embedded.as_ref()?;
            Some(embedded.autoencoder.shape().clone())
        });
        let from_disk = !session.deep.model.is_empty();
        let asked = || if from_disk { None } else { asked_shape(params) };
        let Some(shape) = trained.or_else(asked) else {
            return vec!["Its size is known once it is read, or trips are prepared".into()];
        };
        let parameters = shape.parameters();
        let mb = megabytes(shape.training_bytes(params.train.batch));
        vec![
            shape_text(&shape),
            size_text(parameters),
            format!("{} MB while it is trained", short(mb)),
        ]
    }

    fn device(&self, session: &Session) -> Option<DeviceChoice> {
        Some(session.deep.embed.train.device)
    }

    fn source<'a>(&self, session: &'a Session) -> &'a str {
        &session.deep.model
    }

    fn set_source(&self, session: &mut Session, source: String) {
        session.deep.model = source;
    }

    fn is_folder(&self) -> bool {
        true
    }

    fn check(&self, session: &Session, desk: &Desk) -> Check {
        let of = desk.repair.shown().map(|shown| Arc::clone(shown.value));
        let of = of.filter(|_| !session.deep.other_data);
        Box::new(move |folder| {
            let key = of.map(|of| data_key(&of));
            checked_network(folder, key.as_deref()).map(|_| ())
        })
    }

    fn working_on(&self, desk: &Desk) -> Option<Key> {
        desk.embed.working_on()
    }

    fn watches(&self, desk: &Desk) -> Vec<(String, Watch)> {
        desk.embed.so_far().map(|of| (String::new(), of.watch.clone())).into_iter().collect()
    }

    fn shown(&self, desk: &Desk) -> Option<(Key, bool)> {
        desk.embed.shown().map(|shown| (shown.key, !shown.is_stale))
    }

    fn trained(&self, desk: &Desk, key: Key) -> Option<Trained> {
        let (of, took) = desk.embed.result_of(key)?;
        let (embedded, model) = (of.embedded.as_ref()?, of.model()?);
        let score = |name: &str, value: f64, unit| Score { name: name.into(), value, unit };
        let mut scores = vec![score("reconstruction error", embedded.mean_error_m(), "m")];
        if let Some(best) = embedded.curves.best() {
            let name = if best.validation.is_some() { "held-out loss" } else { "loss" };
            scores.push(score(name, best.judged(), ""));
        }
        Some(Trained {
            curves: vec![(String::new(), embedded.curves.clone())],
            seconds: took.as_secs_f64(),
            scores,
            ended: embedded.ended.as_ref().map(Ended::words).unwrap_or_default(),
            device: model.card.device.clone(),
            data: format!(
                "{}, data {}",
                counted(embedded.prepared.trips.len() as u64, "trip"),
                model.card.data_key.get(..8).unwrap_or("unknown")
            ),
            source: of.folder.clone(),
            keep: Arc::new(move |path| {
                model.save(path, MODEL_KIND, MODEL_VERSION).map_err(|error| error.to_string())
            }),
        })
    }

    fn faults<'a>(&self, desk: &'a Desk, key: Key) -> &'a [String] {
        desk.embed.faults_of(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_told_before_training_where_it_is_known() {
        let (mut session, desk) = (Session::default(), Desk::default());
        let size = Deep.size(&session, &desk);
        assert_eq!(size[0], "128-300-300-1000-8 and back");
        // The paper's network for 64 points of two numbers, as the autoencoder's own example counts.
        assert_eq!(size[1], "876\u{2009}136 numbers, 3.5 MB");
        session.set("deep.with_cog=true").unwrap();
        assert!(Deep.size(&session, &desk)[0].starts_with("256-300"));
        session.set("deep.form=mask").unwrap();
        assert!(Deep.size(&session, &desk)[0].contains("once"));
    }
}
