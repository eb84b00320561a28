//! Rows of a table, one after the other: the numbers of each, and what it says of its vessel.

use super::{
    Anchors, Layout, NONE, STATIC_ROLES, field, finish_dims, hash_bytes, local_id, split, tell,
    text_of,
};
use crate::ais::{Fault, NavStatus, Static, Truth};
use crate::base::time::{TimeFormat, TimeReader};
use crate::io::batch::{BatchBuilder, Refusal};
use crate::io::columns::Role;
use crate::io::fields::Span;
use crate::io::intake::{At, Row};
use crate::io::number::{parse_f64, parse_u32};

/// The state of reading rows one after the other.
pub(super) struct Reading<'a> {
    layout: &'a Layout,
    time: TimeReader,
    spans: Vec<Span>,
    buffer: Vec<u8>,
    /// What each vessel last said of itself, as it stands in the file and as a hash, by its place
    /// in the batch.
    said: Vec<(&'a [u8], u64)>,
    statics: Vec<(Role, usize)>,
    pub(super) anchors: Anchors,
}

impl<'a> Reading<'a> {
    pub(super) fn new(layout: &'a Layout) -> Reading<'a> {
        let statics =
            STATIC_ROLES.iter().filter_map(|role| Some((*role, layout.columns.of(*role)?)));
        Reading {
            layout,
            time: TimeReader::new(layout.time_format.unwrap_or(TimeFormat::Iso), layout.date_ms),
            spans: Vec::with_capacity(64),
            buffer: Vec::new(),
            said: Vec::new(),
            statics: statics.collect(),
            anchors: Anchors::default(),
        }
    }

    pub(super) fn position_row(&mut self, line: &'a [u8], at: At, builder: &mut BatchBuilder) {
        match self.row(line, at.line) {
            Some(row) => {
                if self.layout.units.take(builder, &row, at) {
                    self.about(&row, line, builder);
                }
            }
            None if self.spans.len() <= self.layout.places.last_needed => {
                builder.refuse(Refusal::TooFewFields, at.line, at.text);
            }
            None => builder.refuse(Refusal::NoVessel, at.line, at.text),
        }
    }

    /// A row of a table that only says what vessels are.
    pub(super) fn static_row(&mut self, line: &[u8], at: At, builder: &mut BatchBuilder) {
        match self.row(line, at.line) {
            Some(row) => {
                builder.count_static_row();
                let t_ms = row.t_ms.unwrap_or(i64::MIN);
                builder.about(row.id, t_ms, self.said_in(line));
            }
            None if self.spans.len() <= self.layout.places.last_needed => {
                builder.refuse(Refusal::TooFewFields, at.line, at.text);
            }
            None => builder.refuse(Refusal::NoVessel, at.line, at.text),
        }
    }

    /// The numbers of a row; `None` where it has too few fields or names no vessel. Where the table
    /// names nobody, each row is a vessel of its own: that of the `nth` line.
    pub(super) fn row(&mut self, line: &[u8], nth: u64) -> Option<Row> {
        let Reading { layout, time, spans, buffer, anchors, .. } = self;
        let places = &layout.places;
        split(line, layout.delimiter, spans);
        if spans.len() <= places.last_needed {
            return None;
        }
        let get = |place: usize| spans.get(place).map_or(&[][..], |span| field(line, *span));
        let number = |place: usize| {
            if place == NONE { f64::NAN } else { parse_f64(get(place)).unwrap_or(f64::NAN) }
        };
        let (id, is_local) = match (places.mmsi, places.track) {
            (NONE, NONE) => (u32::try_from(nth).ok()?, true),
            (NONE, track) => (local_id(get(track))?, true),
            (place, _) => (parse_u32(get(place))?, false),
        };
        let t_ms = if places.time == NONE && places.remaining != NONE {
            layout.anchored_ms(id, line, spans, anchors)
        } else {
            layout.time_text(line, spans, buffer).and_then(|text| time.read(text))
        };
        let cog = match (places.cog, places.sine, places.cosine) {
            (NONE, NONE, _) | (NONE, _, NONE) => f64::NAN,
            (NONE, sine, cosine) => number(sine).atan2(number(cosine)).to_degrees(),
            (place, ..) => number(place),
        };
        let status = if places.status == NONE {
            NavStatus::UNDEFINED
        } else {
            NavStatus::from_text(get(places.status))
        };
        let has_truth =
            places.truth_route != NONE || places.truth_trip != NONE || places.truth_fault != NONE;
        let truth = has_truth.then(|| {
            let known =
                |place: usize| if place == NONE { &[][..] } else { get(place).trim_ascii() };
            let number = |place| parse_u32(known(place)).unwrap_or(Truth::NONE);
            let fault = match known(places.truth_fault) {
                [] => Fault::None,
                name => std::str::from_utf8(name).map_or(Fault::None, Fault::from_name),
            };
            Truth { route: number(places.truth_route), trip: number(places.truth_trip), fault }
        });
        // Where rows are named, or nobody is, so that answers can be set beside the file again.
        let is_named = places.point != NONE || (is_local && places.track == NONE);
        let point = is_named.then(|| parse_u32(get(places.point)).unwrap_or(nth as u32));
        Some(Row {
            id,
            is_local,
            t_ms,
            lat: number(places.lat),
            lon: number(places.lon),
            sog: number(places.sog),
            cog,
            heading: number(places.heading),
            rot: number(places.rot),
            status,
            truth,
            point,
        })
    }

    /// Notes what the row says of its vessel, if that is news.
    fn about(&mut self, row: &Row, line: &'a [u8], builder: &mut BatchBuilder) {
        let track = self.layout.places.track;
        let named_by_text =
            row.is_local && track != NONE && parse_u32(field(line, self.spans[track])).is_none();
        if self.statics.is_empty() && !named_by_text {
            return;
        }
        let owner = builder.owner(row.id) as usize;
        if owner >= self.said.len() {
            self.said.resize(owner + 1, (&[], 0));
        }
        // The columns that tell are mostly neighbors: alike as a whole, they say nothing new.
        let (first, last) = self.layout.places.statics;
        let whole = match (self.spans.get(first), self.spans.get(last)) {
            (Some((start, _)), Some((_, end))) => &line[*start as usize..*end as usize],
            _ => &[],
        };
        if !whole.is_empty() && self.said[owner].0 == whole {
            return;
        }
        let hash = self
            .statics
            .iter()
            .filter_map(|(_, place)| self.spans.get(*place))
            .fold(1, |hash, span| hash_bytes(hash, field(line, *span)));
        let is_news = self.said[owner].1 != hash;
        self.said[owner] = (whole, hash);
        if !is_news {
            return;
        }
        let mut said = self.said_in(line);
        if named_by_text && said.name.is_empty() {
            text_of(field(line, self.spans[track])).trim().clone_into(&mut said.name);
        }
        if said != Static::default() {
            builder.about(row.id, row.t_ms.unwrap_or(i64::MIN), said);
        }
    }

    fn said_in(&self, line: &[u8]) -> Static {
        let mut said = Static::default();
        let mut dims = [f64::NAN; 4];
        for (role, place) in &self.statics {
            let bytes =
                self.spans.get(*place).map_or(&[][..], |span| field(line, *span)).trim_ascii();
            if !bytes.is_empty() {
                tell(&mut said, &mut dims, *role, &text_of(bytes));
            }
        }
        finish_dims(&mut said, dims);
        said
    }
}
