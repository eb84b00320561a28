//! Points without identity to tracks, as scripts get them.

use std::fs;

use serde_json::Value;

use crate::ground::{data, fairway, json, said};

fn run(arguments: &[&str]) -> Value {
    let all = [&["run"], arguments, &["--want", "associate", "--json"]].concat();
    json(&fairway(&all))["associate"].clone()
}

#[test]
fn points_of_norfolk_get_their_tracks_back() {
    let test = "points_of_norfolk_get_their_tracks_back";
    for (name, ships, least) in [("norfolk_set1", 20, 0.997), ("norfolk_set2", 8, 0.995)] {
        let Some(file) = data(test, &format!("association/{name}.csv.zst")) else { return };
        let of = |method: &str| {
            run(&[file.to_str().unwrap(), "--set", &format!("associate.method={method}")])
        };
        let errors =
            |told: &Value| told["jumps"].as_u64().unwrap() + told["merges"].as_u64().unwrap();
        let (cbtr, ours) = (of("cbtr"), of("flow"));
        assert!(cbtr["correct_neighbor_rate"].as_f64().unwrap() >= least, "{cbtr}");
        assert!(errors(&ours) < errors(&cbtr), "{ours} {cbtr}");
        for told in [&cbtr, &ours] {
            assert_eq!(told["vessels"], ships);
            let [tracks, merges, jumps] =
                ["tracks", "merges", "jumps"].map(|name| told[name].as_i64().unwrap());
            assert_eq!(tracks + merges - jumps, ships);
        }
    }
}

#[test]
fn two_ships_that_cross_without_names_are_two_tracks_and_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (folder.path().join("points.csv"), folder.path().join("out"));
    // Each row is a ship of its own, as far as the file tells.
    let mut text = String::from("track_id,time,lat,lon,sog,cog\n");
    for minute in 0..60 {
        // Both make 12 knots: a three-hundredth of a degree a minute; they meet after half an hour.
        let along = f64::from(minute - 30) / 300.0;
        let time = format!("2024-01-01T10:{minute:02}:00Z");
        text += &format!("{},{time},0.0,{:.6},12.0,90.0\n", 2 * minute, 5.0 + along);
        text += &format!("{},{time},{along:.6},5.003,12.0,0.0\n", 2 * minute + 1);
    }
    fs::write(&path, text).unwrap();
    let told = run(&[path.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert_eq!((told["points"].as_u64(), told["tracks"].as_u64()), (Some(120), Some(2)), "{told}");
    assert!(told.get("jumps").is_none(), "nobody knows the truth: {told}");
    let written = fs::read_to_string(out.join("associate.csv")).unwrap();
    assert_eq!(written.lines().count(), 121);
    let track_of = |row: &str| row.split(',').nth(6).unwrap().to_owned();
    let to_the_east = written.lines().skip(1).filter(|row| row.contains(",90,"));
    let tracks: std::collections::BTreeSet<String> = to_the_east.map(track_of).collect();
    assert_eq!(tracks.len(), 1);
}

#[test]
fn a_file_that_names_nobody_and_runs_over_midnight_becomes_tracks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("points.csv");
    let mut text = String::from("time,lat,lon,sog,cog\n");
    for minute in 0..60 {
        let along = f64::from(minute - 30) / 300.0;
        let time = format!("{:02}:{:02}:00", (23 + (minute + 30) / 60) % 24, (minute + 30) % 60);
        text += &format!("{time},0.0,{:.6},12.0,90.0\n", 5.0 + along);
        text += &format!("{time},{along:.6},5.003,12.0,0.0\n");
    }
    fs::write(&path, text).unwrap();
    let told = run(&[path.to_str().unwrap()]);
    assert_eq!((told["points"].as_u64(), told["tracks"].as_u64()), (Some(120), Some(2)), "{told}");
    assert!(told.get("jumps").is_none(), "nobody knows the truth: {told}");
}

#[test]
fn what_cannot_be_associated_is_said_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("points.csv");
    fs::write(&path, "track_id,time,lat,lon\n7,2024-01-01T10:00:00Z,1.0,2.0\n").unwrap();
    let file = path.to_str().unwrap();
    assert_eq!(run(&[file])["tracks"], 1, "one point is a track");
    let output = fairway(&["run", file, "--want", "associate", "--set", "associate.method=npc"]);
    assert!(
        !output.status.success() && said(&output).contains("known labels"),
        "{}",
        said(&output)
    );
    let output = fairway(&["run", file, "--want", "associate", "--set", "associate.method=magic"]);
    assert!(!output.status.success() && said(&output).contains("cbtr"), "{}", said(&output));
}
