use super::super::weights::{Begin, Slot};
use super::*;

fn model() -> Model<Vec<usize>> {
    let slots = [Slot::new("a.weight", 3, 5, Begin::He), Slot::new("a.bias", 1, 5, Begin::Glorot)];
    let scaling = Scaling::min_max(&[("lon", "degrees"), ("sog", "kn")], &[1.0, 5.0, 3.0, 9.0]);
    Model {
        config: vec![3, 5],
        scalers: BTreeMap::from([("input".into(), scaling.unwrap())]),
        weights: Weights::begin(&slots, 3),
        card: Card {
            data_key: "k1".into(),
            scores: BTreeMap::from([("ari".into(), 0.93)]),
            seed: 3,
            parameters: 20,
            ..Card::default()
        },
    }
}

#[test]
fn a_model_comes_back_to_the_bit_and_replaces_an_older_one() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("mine");
    model().save(&folder, "deep", 1).unwrap();
    let other = Model { config: vec![3, 5, 7], ..model() };
    other.save(&folder, "deep", 1).unwrap();
    let read = Model::<Vec<usize>>::load(&folder, "deep", 1).unwrap();
    assert_eq!(read, other);
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1, "nothing is left beside it");
    let (kind, card) = read_card(&folder).unwrap();
    assert_eq!((kind.as_str(), card.scores["ari"]), ("deep", 0.93));
    assert!(read.check_data("k1").is_ok());
    let said = read.check_data("k2").unwrap_err().to_string();
    assert!(said.contains("other data (k1)"), "{said}");
}

#[test]
fn another_kind_another_version_and_every_damaged_file_is_told_apart() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("mine");
    model().save(&folder, "deep", 2).unwrap();
    let load = |kind, version| Model::<Vec<usize>>::load(&folder, kind, version);
    assert!(matches!(load("way", 2), Err(SaveError::OtherKind { .. })));
    assert!(matches!(load("deep", 3), Err(SaveError::OtherVersion { found: 2, wanted: 3, .. })));
    for name in [WEIGHTS, CONFIG, SCALERS, CARD] {
        let path = folder.join(name);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        let said = load("deep", 2).unwrap_err().to_string();
        assert!(said.contains("damaged") && said.contains(name), "{name}: {said}");
        fs::remove_file(&path).unwrap();
        assert!(matches!(load("deep", 2), Err(SaveError::Read { .. })), "{name}");
        fs::write(&path, &whole).unwrap();
    }
    assert!(load("deep", 2).is_ok());
    fs::write(folder.join(CONFIG), "[3, 6]").unwrap();
    let said = load("deep", 2).unwrap_err().to_string();
    assert!(said.contains("checksum") && said.contains(CONFIG), "{said}");
}

#[test]
fn weights_that_lie_about_themselves_are_refused() {
    let bytes = packed_weights(&model().weights);
    assert_eq!(unpacked_weights(&bytes).unwrap(), model().weights);
    for (from, to) in [("[3,5]", "[9,5]"), ("F32", "F64"), ("[0,60]", "[0,99]"), ("[3,5]", "[3]  ")]
    {
        let text = String::from_utf8_lossy(&bytes[..bytes.len() - 80]).replace(from, to);
        let mut changed = text.into_bytes();
        changed.extend_from_slice(&bytes[bytes.len() - 80..]);
        assert!(unpacked_weights(&changed).is_err(), "{from} to {to}");
    }
    let mut infinite = bytes.clone();
    let end = infinite.len();
    infinite[end - 4..].copy_from_slice(&f32::INFINITY.to_le_bytes());
    assert!(unpacked_weights(&infinite).is_err());
    for cut in [0, 7, 40, end - 1] {
        assert!(unpacked_weights(&bytes[..cut]).is_err(), "{cut}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_says_so_and_leaves_the_old_model() {
    let error = std::io::Error::from(std::io::ErrorKind::StorageFull);
    let said = SaveError::write(Path::new("/a/b"), error).to_string();
    assert!(said.starts_with("the disk is full"), "{said}");
    let said = model().save(Path::new("/proc/mine"), "deep", 1).unwrap_err().to_string();
    assert!(said.contains("cannot be written") && said.contains("/proc"), "{said}");
}
