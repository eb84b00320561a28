//! `GeoJSON` to KML: the same features for Google Earth and chart plotters.
//!
//! A feature becomes a `Placemark`: its name from what names it, a table of its properties as
//! `ExtendedData`, its time from `begin` and `end`, `from` and `to`, `time`, or `times`: a line with
//! a time for each place becomes a track (`gx:Track`) that can be played.

use std::fmt;
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::safe::{WriteError, write_whole};
use crate::base::chart::{COLORS, escaped};
use crate::base::job::Job;
use crate::base::time::iso_text;

/// Members that name a feature, the best first.
const NAMES: [&str; 8] = ["name", "gate", "area", "kind", "mmsi", "id", "trip_id", "cluster"];

/// Members with the number whose color a feature has.
const GROUPS: [&str; 3] = ["id", "cluster", "trip_id"];

/// Writes the features of the `GeoJSON` file at `path` into a KML file beside it, which it names.
/// Features are read one by one: a file of any size takes little memory.
///
/// # Errors
///
/// If the file is no feature collection, or nothing can be written.
pub fn kml_beside(path: &Path, job: &Job) -> Result<PathBuf, WriteError> {
    let fault = |path: &Path, error| WriteError::Io { path: path.to_owned(), error };
    let beside = path.with_extension("kml");
    let title = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let reader = BufReader::new(File::open(path).map_err(|error| fault(path, error))?);
    write_whole(&beside, |out| {
        write!(out, "{}", head(&title)).map_err(|error| fault(&beside, error))?;
        let mut is_cancelled = false;
        let mut take = |feature: Value| {
            is_cancelled = job.go_on().is_err();
            if is_cancelled {
                return Err("cancelled".to_owned());
            }
            out.write_all(placemark(&feature).as_bytes()).map_err(|error| error.to_string())
        };
        let read =
            Collection(&mut take).deserialize(&mut serde_json::Deserializer::from_reader(reader));
        match read {
            Err(_) if is_cancelled => return Err(WriteError::Cancelled),
            Err(error) => return Err(fault(path, std::io::Error::other(error.to_string()))),
            Ok(()) => (),
        }
        write!(out, "</Document>\n</kml>\n").map_err(|error| fault(&beside, error))
    })?;
    Ok(beside)
}

fn head(title: &str) -> String {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\" \
         xmlns:gx=\"http://www.google.com/kml/ext/2.2\">\n<Document>\n<name>{}</name>\n",
        escaped(title)
    );
    for (n, color) in COLORS.iter().enumerate() {
        let [_, red, green, blue] = color.to_be_bytes();
        // KML has blue first.
        let bgr = format!("{blue:02x}{green:02x}{red:02x}");
        text.push_str(&format!(
            "<Style id=\"c{n}\"><LineStyle><color>ff{bgr}</color><width>2</width></LineStyle>\
             <PolyStyle><color>40{bgr}</color></PolyStyle>\
             <IconStyle><color>ff{bgr}</color><scale>0.6</scale></IconStyle>\
             <LabelStyle><scale>0.7</scale></LabelStyle></Style>\n"
        ));
    }
    text
}

/// One feature as a `Placemark`.
fn placemark(feature: &Value) -> String {
    let properties = &feature["properties"];
    let geometry = geometry(feature);
    if geometry.is_empty() {
        return String::new();
    }
    let text_of = |value: &Value| match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let name = NAMES.iter().find_map(|name| text_of(&properties[*name]));
    let number = GROUPS.iter().find_map(|name| properties[*name].as_u64());
    let style = number.unwrap_or_default() as usize % COLORS.len();
    let mut text = format!(
        "<Placemark><name>{}</name>{}<styleUrl>#c{style}</styleUrl>",
        escaped(&name.unwrap_or_default()),
        time(properties)
    );
    if let Some(members) = properties.as_object() {
        text.push_str("<ExtendedData>");
        for (name, value) in members.iter().filter(|(name, _)| *name != "times") {
            let value = match value {
                Value::Null => continue,
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let (name, value) = (escaped(name), escaped(&value));
            text.push_str(&format!("<Data name=\"{name}\"><value>{value}</value></Data>"));
        }
        text.push_str("</ExtendedData>");
    }
    text + &geometry + "</Placemark>\n"
}

fn time(properties: &Value) -> String {
    let of = |name: &str| properties[name].as_str().filter(|text| text.contains('T'));
    let span = |from: &str, to: &str| {
        let (from, to) = (escaped(of(from)?), escaped(of(to)?));
        Some(format!("<TimeSpan><begin>{from}</begin><end>{to}</end></TimeSpan>"))
    };
    let moment = || Some(format!("<TimeStamp><when>{}</when></TimeStamp>", escaped(of("time")?)));
    if properties["times"].is_array() {
        return String::new(); // The track has its own.
    }
    span("begin", "end").or_else(|| span("from", "to")).or_else(moment).unwrap_or_default()
}

/// `lon,lat` of a place, if it is one.
fn place(at: &Value) -> Option<String> {
    let (lon, lat) = (at.get(0)?.as_f64()?, at.get(1)?.as_f64()?);
    Some(format!("{lon},{lat}"))
}

fn places(line: &Value) -> String {
    let line = line.as_array().map(Vec::as_slice).unwrap_or_default();
    line.iter().filter_map(place).collect::<Vec<_>>().join(" ")
}

fn geometry(feature: &Value) -> String {
    let geometry = &feature["geometry"];
    let coordinates = &geometry["coordinates"];
    let parts = |one: &dyn Fn(&Value) -> String| {
        let parts = coordinates.as_array().map(Vec::as_slice).unwrap_or_default();
        let parts: String = parts.iter().map(one).collect();
        if parts.is_empty() { parts } else { format!("<MultiGeometry>{parts}</MultiGeometry>") }
    };
    let times = feature["properties"]["times"].as_array();
    match (geometry["type"].as_str().unwrap_or_default(), times) {
        ("Point", _) => point(coordinates),
        ("MultiPoint", _) => parts(&point),
        ("LineString", Some(times)) => track(coordinates, times),
        ("LineString", None) => line(coordinates),
        ("MultiLineString", _) => parts(&line),
        ("Polygon", _) => polygon(coordinates),
        ("MultiPolygon", _) => parts(&polygon),
        _ => String::new(),
    }
}

fn point(at: &Value) -> String {
    place(at).map_or(String::new(), |at| format!("<Point><coordinates>{at}</coordinates></Point>"))
}

fn line(line: &Value) -> String {
    format!(
        "<LineString><tessellate>1</tessellate><coordinates>{}</coordinates></LineString>",
        places(line)
    )
}

fn polygon(rings: &Value) -> String {
    let rings = rings.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut text = String::from("<Polygon><tessellate>1</tessellate>");
    for (n, ring) in rings.iter().enumerate() {
        let tag = if n == 0 { "outerBoundaryIs" } else { "innerBoundaryIs" };
        let ring = places(ring);
        text.push_str(&format!(
            "<{tag}><LinearRing><coordinates>{ring}</coordinates></LinearRing></{tag}>"
        ));
    }
    text + "</Polygon>"
}

/// A line with a time, UTC milliseconds, for each place.
fn track(line: &Value, times: &[Value]) -> String {
    let line = line.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut text = String::from("<gx:Track>");
    for t_ms in times.iter().take(line.len()) {
        let when = iso_text(t_ms.as_i64().unwrap_or_default());
        text.push_str(&format!("<when>{when}</when>"));
    }
    for at in line.iter().take(times.len()).filter_map(place) {
        text.push_str(&format!("<gx:coord>{} 0</gx:coord>", at.replace(',', " ")));
    }
    text + "</gx:Track>"
}

/// Reads a feature collection and hands its features on, one by one.
struct Collection<'a>(&'a mut dyn FnMut(Value) -> Result<(), String>);

impl<'de> DeserializeSeed<'de> for Collection<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Collection<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("a feature collection")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            if name == "features" {
                map.next_value_seed(Features(self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct Features<'a>(&'a mut dyn FnMut(Value) -> Result<(), String>);

impl<'de> DeserializeSeed<'de> for Features<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Features<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("a list of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(feature) = list.next_element::<Value>()? {
            (self.0)(feature).map_err(serde::de::Error::custom)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn kml(features: &str) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.geojson");
        let text = format!("{{\"type\":\"FeatureCollection\",\"features\":[{features}]}}");
        fs::write(&path, text).unwrap();
        let beside = kml_beside(&path, &Job::default()).map_err(|error| error.to_string())?;
        assert_eq!(beside, folder.path().join("a.kml"));
        Ok(fs::read_to_string(beside).unwrap())
    }

    #[test]
    fn every_shape_becomes_a_placemark_with_its_name_and_time() {
        let text = kml(r#"
            {"type":"Feature","properties":{"name":"<b>\"x\"</b>","time":"2018-06-01T00:00:00Z"},"geometry":{"type":"Point","coordinates":[5.5,-1]}},
            {"type":"Feature","properties":{"mmsi":7,"times":[0,60000]},"geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]}},
            {"type":"Feature","properties":{"id":3,"begin":"2018-06-01T00:00:00Z","end":"2018-06-02T00:00:00Z"},"geometry":{"type":"MultiLineString","coordinates":[[[1,2],[3,4]],[[5,6],[7,8]]]}},
            {"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}
        "#).unwrap();
        assert_eq!(text.matches("<Placemark>").count(), 4);
        for part in [
            "<name>&lt;b&gt;&quot;x&quot;&lt;/b&gt;</name><TimeStamp><when>2018-06-01T00:00:00Z</when>",
            "<coordinates>5.5,-1</coordinates>",
            "<gx:Track><when>1970-01-01T00:00:00Z</when><when>1970-01-01T00:01:00Z</when><gx:coord>1 2 0</gx:coord><gx:coord>3 4 0</gx:coord></gx:Track>",
            "<TimeSpan><begin>2018-06-01T00:00:00Z</begin><end>2018-06-02T00:00:00Z</end></TimeSpan><styleUrl>#c3</styleUrl>",
            "<MultiGeometry><LineString>",
            "<outerBoundaryIs><LinearRing><coordinates>0,0 1,0 1,1 0,0</coordinates>",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }

    #[test]
    fn what_is_no_collection_is_a_fault_and_a_cancelled_job_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.geojson");
        fs::write(&path, "[1]").unwrap();
        let error = kml_beside(&path, &Job::default()).unwrap_err().to_string();
        assert!(error.contains("a feature collection"), "{error}");
        fs::write(&path, r#"{"features":[{}]}"#).unwrap();
        let job = Job::default();
        job.cancel();
        assert!(matches!(kml_beside(&path, &job), Err(WriteError::Cancelled)));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
