//! Typed destinations into ports.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::gazetteer::{Counts, Gazetteer};
use super::wording::{is_empty_word, legs, words};
use crate::ais::{Fleet, Locode, PortId, PortTable};
use crate::base::geo::distance_m;
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Field, Form, Params, label_in};

/// Most words that a port's name has.
const MOST_WORDS: usize = 5;
/// What a part of a code is worth against the whole: `LGB` for `US LGB`.
const PLACE_SCORE: f64 = 0.8;
/// What a name is worth in a country that the text does not name, though it names one.
const FOREIGN_SCORE: f64 = 0.6;
/// What the larger one of several ports of one name is worth, and what each other.
const LARGEST_SCORE: f64 = 0.9;
const OTHER_SCORE: f64 = 0.55;
/// The share of a score that does not hang on how much of the text was understood.
const UNCOVERED_SCORE: f64 = 0.3;
/// Letters up to which a word is a name only if it is written without error.
const SHORT: usize = 4;
/// Letters up to which a name may have one error.
const MIDDLING: usize = 7;

/// How typed destinations become ports.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct AnnotateParams {
    /// The least likeness of a name, 0 to 1: one less the share of its letters that are wrong.
    pub name_score: f64,
    /// The least confidence with which a text names a port, 0 to 1.
    pub least_confidence: f64,
    /// Whether three letters alone may be a code's place: `LGB`.
    pub takes_places: bool,
    /// The user's own names: `BOXTOWN=USLGB; OLD HARBOR=DEHAM`.
    pub names: String,
}

impl Default for AnnotateParams {
    fn default() -> Self {
        AnnotateParams {
            name_score: 0.77,
            least_confidence: 0.5,
            takes_places: true,
            names: String::new(),
        }
    }
}

/// What a form calls the fields.
const LABELS: &[(&str, &str)] = &[
    ("name_score", "Least likeness of a name"),
    ("least_confidence", "Least confidence"),
    ("places", "Three letters end a UN/LOCODE"),
    ("names", "Own names"),
];

impl Params for AnnotateParams {
    fn label(name: &str) -> Option<&'static str> {
        label_in(LABELS, name)
    }

    fn describe(&mut self, form: &mut dyn Form) {
        let share = |help| Field { unit: "", range: 0.0..=1.0, help };
        form.number("name_score", &mut self.name_score, share("The least likeness of a typed name to a port's: 1 - Damerau-Levenshtein distance / letters of the longer. Words of four letters must be exact, of five to seven may have one error."));
        form.number("least_confidence", &mut self.least_confidence, share("The least confidence with which a text names a port: likeness, times how much of the text it explains, times how few other ports go by the name."));
        form.flag(
            "places",
            &mut self.takes_places,
            "Three letters alone are taken for the end of a UN/LOCODE: LGB for US LGB.",
        );
        form.text(
            "names",
            &mut self.names,
            "Names of your own with the port's UN/LOCODE: BOXTOWN=USLGB; OLD HARBOR=DEHAM.",
        );
    }

    fn faults(&self) -> Vec<String> {
        own_names(&self.names).err().into_iter().collect()
    }
}

/// Reads `NAME=CODE; NAME=CODE`.
fn own_names(text: &str) -> Result<Vec<(String, Locode)>, String> {
    let entries = text.split(';').map(str::trim).filter(|entry| !entry.is_empty());
    let read = |entry: &str| {
        let (name, code) = entry.split_once('=')?;
        Some((name.trim().to_owned(), Locode::from_text(code)?))
    };
    let fault = |entry: &str| {
        format!("names has \"{entry}\"; NAME=LOCODE is expected, as in OLD HARBOR=DEHAM")
    };
    entries.map(|entry| read(entry).ok_or_else(|| fault(entry))).collect()
}

/// A port that a text may name.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Candidate {
    /// Which.
    pub port: PortId,
    /// How sure that is, above 0 to 1: for comparing texts and for a threshold, no probability.
    pub confidence: f64,
}

/// What a typed destination names: ports, the likeliest first. Empty where it names none.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Annotation {
    /// The ports; of equally likely ones the larger first.
    pub candidates: Vec<Candidate>,
}

impl Annotation {
    /// The likeliest port.
    pub fn best(&self) -> Option<Candidate> {
        self.candidates.first().copied()
    }

    /// Whether the text may mean `port`: it names it, or one within `radius_m` of it, since lists have
    /// several ports in one harbor.
    pub fn means(&self, port: PortId, ports: &PortTable, radius_m: f64) -> bool {
        let place = |port: PortId| ports.port(port).position;
        let is_it =
            |named: PortId| named == port || distance_m(place(named), place(port)) <= radius_m;
        self.candidates.iter().any(|candidate| is_it(candidate.port))
    }
}

/// Turns typed destinations into ports of one table.
///
/// A text is cut into ports of call (`US LAX > US OAK` is bound for Oakland); the last is read. All
/// runs of up to five words of it are looked up, the longest first: as UN/LOCODE, which must be
/// exact, and as name, written together (`LONGBEACH`). Where nothing is found exactly, names are
/// compared by Damerau-Levenshtein distance, short ones more strictly. Countries and states
/// (`RICHMOND,CA`) choose among ports of one name; without them the larger harbor goes first. The
/// confidence is the likeness, lowered by what of the text stays unexplained and by ports of the
/// same name.
///
/// # Reference
///
/// Kim et al. (2023), *WAY: Estimation of Vessel Destination in Worldwide AIS Trajectory*, appendix
/// .1, algorithm 1. Ours: calls, countries, nicknames, confidence, and the index that spares comparing
/// each gram with each name.
pub struct Annotator {
    gazetteer: Gazetteer,
    params: Checked<AnnotateParams>,
}

/// A run of words that was found.
struct Hit {
    from: usize,
    to: usize,
    ports: Vec<(PortId, f64)>,
}

impl Annotator {
    /// Prepares to read texts about the ports of `table`.
    pub fn new(table: &PortTable, params: &Checked<AnnotateParams>) -> Annotator {
        let further = own_names(&params.names).unwrap_or_default(); // Checked parameters have no faults.
        Annotator { gazetteer: Gazetteer::new(table, &further), params: params.clone() }
    }

    /// The ports that `text` may name.
    pub fn annotate(&self, text: &str) -> Annotation {
        self.read(text, &mut Counts::default())
    }

    /// Every distinct text of `texts` with its ports, on all cores. Thousands of texts and ten
    /// thousand ports take well under a second.
    pub fn annotate_all<'a>(
        &self,
        texts: impl IntoIterator<Item = &'a str>,
        job: &Job,
    ) -> Result<FxHashMap<String, Annotation>, Stopped> {
        let distinct: FxHashSet<&str> = texts.into_iter().collect();
        let mut distinct: Vec<&str> = distinct.into_iter().collect();
        distinct.sort_unstable();
        job.expect(distinct.len());
        let one = |counts: &mut Counts, text: &&str| {
            job.step()?;
            Ok(((*text).to_owned(), self.read(text, counts)))
        };
        distinct.par_iter().map_init(Counts::default, one).collect()
    }

    /// Every distinct destination typed on board of the fleet's vessels, with its ports.
    pub fn annotate_fleet(
        &self,
        fleet: &Fleet,
        job: &Job,
    ) -> Result<FxHashMap<String, Annotation>, Stopped> {
        let typed = fleet.vessels().iter().flat_map(|vessel| {
            let notes = vessel.voyages.iter().map(|(_, note)| note.destination.as_str());
            notes.chain([vessel.about.destination.as_str()])
        });
        self.annotate_all(typed.filter(|text| !text.is_empty()), job)
    }

    fn read(&self, text: &str, counts: &mut Counts) -> Annotation {
        let legs = legs(text);
        let Some((last, before)) = legs.calls.split_last() else { return Annotation::default() };
        if !legs.by_arrow && !before.is_empty() {
            // A dash or TO may stand inside a name: the whole is tried where the last call fails.
            let found = self.call(last, counts);
            return if found.candidates.is_empty() {
                self.call(&words(text), counts)
            } else {
                found
            };
        }
        // `LONG BEACH>USA`: the arrow stands for a comma.
        match before.last() {
            Some(call)
                if matches!(last.as_slice(), [word] if !self.gazetteer.countries(word).is_empty())
                    && self.call(last, counts).candidates.is_empty() =>
            {
                self.call(&[call.as_slice(), last.as_slice()].concat(), counts)
            }
            _ => self.call(last, counts),
        }
    }

    /// Reads one port of call.
    fn call(&self, words: &[String], counts: &mut Counts) -> Annotation {
        let words = &words[..words.len().min(16)];
        let mut used = vec![false; words.len()];
        let mut hits = self.exact(words, &mut used);
        if !hits.iter().any(|hit| self.explains(words, hit)) {
            hits.extend(self.similar(words, &mut used, counts));
        }
        if hits.is_empty() && self.params.takes_places {
            hits.extend(self.places(words, &mut used));
        }
        self.weigh(words, &used, &hits)
    }

    /// Whether the hit leaves less unexplained than it explains, so that no misspelling need be
    /// sought.
    fn explains(&self, words: &[String], hit: &Hit) -> bool {
        let letters = |range: &mut dyn Iterator<Item = usize>| -> usize {
            range.map(|at| if self.says_nothing(&words[at]) { 0 } else { words[at].len() }).sum()
        };
        let inside: usize = words[hit.from..hit.to].iter().map(String::len).sum();
        let outside = letters(&mut (0..hit.from)) + letters(&mut (hit.to..words.len()));
        2 * inside > outside
    }

    fn says_nothing(&self, word: &str) -> bool {
        is_empty_word(word) || word.len() < 2 || !self.gazetteer.countries(word).is_empty()
    }

    /// Codes and names written without error, the longest runs of words first.
    fn exact(&self, words: &[String], used: &mut [bool]) -> Vec<Hit> {
        let mut hits = Vec::new();
        // Names first: SAN in US SAN DIEGO is no part of a code.
        for is_name in [true, false] {
            for n in (1..=words.len().min(MOST_WORDS)).rev() {
                for from in 0..=words.len() - n {
                    let to = from + n;
                    if used[from..to].contains(&true) {
                        continue;
                    }
                    let ports = if is_name {
                        self.named(words, from, to)
                    } else {
                        let code = code_in(&words[from..to]);
                        code.map_or(&[][..], |code| self.gazetteer.with_code(code))
                    };
                    if !ports.is_empty() {
                        used[from..to].fill(true);
                        let ports = ports.iter().map(|id| (*id, 1.0)).collect();
                        hits.push(Hit { from, to, ports });
                    }
                }
            }
        }
        hits
    }

    /// The ports whose name is the words from `from` to `to`. A country, two letters or a word that
    /// says nothing are a port's name only where the rest of the text says nothing either:
    /// SINGAPORE, LA 187.
    fn named(&self, words: &[String], from: usize, to: usize) -> &[PortId] {
        let key = words[from..to].concat();
        let is_weak = key.len() < 3 || (to - from == 1 && self.says_nothing(&key));
        let mut others = words[..from].iter().chain(&words[to..]);
        if is_weak && !others.all(|word| is_empty_word(word)) {
            return &[];
        }
        self.gazetteer.with_name(&key)
    }

    /// Names written with errors; of each overlapping set of words the likest.
    fn similar(&self, words: &[String], used: &mut [bool], counts: &mut Counts) -> Vec<Hit> {
        let mut hits: Vec<(f64, Hit)> = Vec::new();
        for n in 1..=words.len().min(MOST_WORDS) {
            for from in 0..=words.len() - n {
                let to = from + n;
                if used[from..to].contains(&true)
                    || words[from..to].iter().all(|word| self.says_nothing(word))
                {
                    continue;
                }
                let key = words[from..to].concat();
                let letters = key.len();
                // An unknown code is no misspelt name: JP HRM.
                let is_code = letters == 5 && n <= 2 && self.gazetteer.is_country_code(&key[..2]);
                if letters <= SHORT
                    || letters > 30
                    || (is_code && words[from].len() != 3 && words[from].len() != 4)
                {
                    continue;
                }
                let most = if letters <= MIDDLING { 1 } else { letters / 4 };
                let mut ports: Vec<(PortId, f64)> = Vec::new();
                for (name, distance) in self.gazetteer.like(&key, most, counts) {
                    let longer = name.key.len().max(letters);
                    let score = 1.0 - distance as f64 / longer as f64;
                    let least =
                        self.params.name_score.min(if letters <= MIDDLING { 0.79 } else { 1.0 });
                    if score < least || name.key.len() <= SHORT {
                        continue;
                    }
                    match ports.iter_mut().find(|(port, _)| *port == name.port) {
                        Some((_, best)) => *best = best.max(score),
                        None => ports.push((name.port, score)),
                    }
                }
                let best = ports.iter().map(|(_, score)| *score).fold(0.0, f64::max);
                ports.retain(|(_, score)| *score > best - 1e-9);
                if !ports.is_empty() {
                    // Longer runs of words say more: NEWCASTLE before CASTLE.
                    hits.push((best * letters as f64, Hit { from, to, ports }));
                }
            }
        }
        hits.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut taken = Vec::new();
        for (_, hit) in hits {
            if !used[hit.from..hit.to].contains(&true) {
                used[hit.from..hit.to].fill(true);
                taken.push(hit);
            }
        }
        taken
    }

    /// The last three letters of codes, in texts that say nothing else.
    fn places(&self, words: &[String], used: &mut [bool]) -> Vec<Hit> {
        let telling: Vec<usize> =
            (0..words.len()).filter(|at| !self.says_nothing(&words[*at])).collect();
        let [at] = telling.as_slice() else { return Vec::new() };
        let ports = self.gazetteer.with_place(&words[*at]);
        if ports.is_empty() {
            return Vec::new();
        }
        used[*at] = true;
        let ports = ports.iter().map(|id| (*id, PLACE_SCORE)).collect();
        vec![Hit { from: *at, to: *at + 1, ports }]
    }

    /// Confidences: likeness, times the share of the text that was understood, times what countries
    /// and ports of the same name leave of it.
    fn weigh(&self, words: &[String], used: &[bool], hits: &[Hit]) -> Annotation {
        let named: Vec<[u8; 2]> = (0..words.len())
            .filter(|at| !used[*at])
            .flat_map(|at| self.gazetteer.countries(&words[at]).to_vec())
            .collect();
        let lost: usize = (0..words.len())
            .filter(|at| !used[*at] && !self.says_nothing(&words[*at]))
            .map(|at| words[at].len())
            .sum();
        let length = |hit: &Hit| words[hit.from..hit.to].iter().map(String::len).sum::<usize>();
        let all = lost + hits.iter().map(length).sum::<usize>();
        let mut candidates: Vec<Candidate> = Vec::new();
        for hit in hits {
            let is_at_home = |port: PortId| {
                self.gazetteer.country_of(port).is_none_or(|country| named.contains(&country))
            };
            let has_home = !named.is_empty() && hit.ports.iter().any(|(port, _)| is_at_home(*port));
            let mut rank = 0;
            let n_home =
                hit.ports.iter().filter(|(port, _)| !has_home || is_at_home(*port)).count();
            for (port, score) in &hit.ports {
                // A name and a code of one port explain the text together: BALBOA PA BLB.
                let has = |other: &&Hit| other.ports.iter().any(|(same, _)| same == port);
                let explained: usize = hits.iter().filter(has).map(length).sum();
                let coverage = explained as f64 / all.max(1) as f64;
                let country = match (named.is_empty(), is_at_home(*port)) {
                    (true, _) | (_, true) => 1.0,
                    // Only where no port of the name lies there may it lie elsewhere.
                    _ if has_home => continue,
                    _ => FOREIGN_SCORE,
                };
                let share = match (n_home, rank) {
                    (..=1, _) => 1.0,
                    (_, 0) => LARGEST_SCORE,
                    _ => OTHER_SCORE,
                };
                rank += 1;
                let covered = UNCOVERED_SCORE + (1.0 - UNCOVERED_SCORE) * coverage;
                let confidence = score * covered * country * share;
                match candidates.iter_mut().find(|candidate| candidate.port == *port) {
                    Some(known) => known.confidence = known.confidence.max(confidence),
                    None => candidates.push(Candidate { port: *port, confidence }),
                }
            }
        }
        candidates.retain(|candidate| candidate.confidence >= self.params.least_confidence);
        candidates.sort_by(|a, b| b.confidence.total_cmp(&a.confidence)); // Stable: larger first.
        Annotation { candidates }
    }
}

/// The code that one to three words write: `USLGB`, `US LGB`, `USLGB187`, `US LGB 2`; none in words
/// that are no code.
fn code_in(words: &[String]) -> Option<Locode> {
    let is_whole = match words {
        [one] => one.len() >= 5,
        [country, place] => country.len() == 2 && place.len() >= 3,
        _ => false,
    };
    let text = words.concat();
    let (code, rest) = text.split_at_checked(5)?;
    let is_number = rest.bytes().all(|byte| byte.is_ascii_digit());
    if !is_whole || !is_number {
        return None;
    }
    Locode::from_text(code)
}

#[cfg(test)]
mod tests;
