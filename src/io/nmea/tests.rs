use proptest::prelude::*;

use super::*;
use crate::base::geo::Position;
use crate::io::encode::{Station, encode_position, encode_static};

const OPTIONS: NmeaOptions = NmeaOptions { date_ms: 1_577_836_800_000, accept_bad_checksum: false };

/// Reads `bytes` cut into blocks of about `block_length` bytes, at line ends.
fn read_in_blocks(bytes: &[u8], block_length: usize) -> Batch {
    let mut builder = BatchBuilder::default();
    let mut assembler = Assembler::new(&OPTIONS);
    let (mut first_line, mut rest) = (1, bytes);
    while !rest.is_empty() {
        let least = block_length.min(rest.len());
        let end = rest[least..].iter().position(|byte| *byte == b'\n');
        let (block, behind) = rest.split_at(end.map_or(rest.len(), |end| least + end + 1));
        assembler.take(block, parse_block(block, first_line, &OPTIONS), &mut builder);
        first_line += memchr_iter(b'\n', block).count() as u64;
        rest = behind;
    }
    assembler.finish(&mut builder);
    builder.finish()
}

/// Ten ships that report every ten seconds and tell their names now and then.
fn traffic(is_stamped: bool) -> Vec<u8> {
    let mut out = b"# made traffic\n\n".to_vec();
    for n in 0..3000_i64 {
        let mmsi = 219_000_001 + (n % 10) as u32;
        let t_ms = OPTIONS.date_ms + n * 1000;
        let station = if n % 2 == 0 { Station::ClassA } else { Station::ClassB };
        let place = Position::new(11.0 + n as f64 / 6e4, 56.0);
        encode_position(&mut out, station, mmsi, &Report::at(t_ms, place), is_stamped);
        if n % 7 == 0 {
            let about = Static { name: format!("SHIP {mmsi}"), ..Static::default() };
            encode_static(&mut out, station, mmsi, &about, n as u8, is_stamped.then_some(t_ms));
        }
    }
    out
}

#[test]
fn blocks_of_any_length_give_the_same_batch() {
    for is_stamped in [false, true] {
        let bytes = traffic(is_stamped);
        let whole = read_all(&bytes, &OPTIONS);
        assert_eq!(whole.rows_read, 3000);
        assert!(whole.refused.is_empty(), "{:?}", whole.refused);
        let texts = |batch: &Batch| format!("{batch:?}");
        for block_length in [0, 50, 1000, 77_777] {
            assert_eq!(texts(&read_in_blocks(&bytes, block_length)), texts(&whole));
        }
    }
}

#[test]
fn time_is_put_together_where_lines_have_none() {
    let (made, stamped) = (read_all(&traffic(false), &OPTIONS), read_all(&traffic(true), &OPTIONS));
    let times = |batch: &Batch| batch.reports.iter().map(|report| report.t_ms).collect::<Vec<_>>();
    assert_eq!(times(&made), times(&stamped));
    assert_eq!(made.odd.of(Oddity::TimeReconstructed), 3000);
    assert_eq!(stamped.odd.of(Oddity::TimeReconstructed), 0);
}

#[test]
fn every_line_is_accounted_for() {
    let lines = "# comment\n\n\
        !AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A\r\n\
        foobar\n\
        !AIVDM,2,1,3,A,56K8@vh2:w;D`OG??R0dTq9UF0l59F222222221@:HE694o`0@ORT80j0`<r3PDR,0*0D\n\
        !AIVDM,1,1,,A,402M??AvAPP000h0MJR07Ug02H0I,0*10\n\
        !AIVDM,1,1,,A,402M??AvAPP000h0MJR07Ug02H0I,0*11";
    let batch = read_all(lines.as_bytes(), &OPTIONS);
    assert_eq!((batch.reports.len(), batch.messages, batch.rows_read), (1, 2, 4));
    for (refusal, line) in
        [(Refusal::NotASentence, 4), (Refusal::PartsMissing, 5), (Refusal::Checksum, 7)]
    {
        let counted = batch.refused.iter().find(|(kind, _)| *kind == refusal).unwrap().1;
        assert_eq!((counted.n, counted.first[0].line), (1, line), "{refusal:?}");
    }
    assert_eq!(batch.odd.of(Oddity::TimeReconstructed), 1);
}

#[test]
fn wrong_checksums_are_read_when_the_user_says_so() {
    let line = b"!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0\n";
    assert_eq!(read_all(line, &OPTIONS).reports.len(), 0);
    let options = NmeaOptions { accept_bad_checksum: true, ..OPTIONS };
    assert_eq!(read_all(line, &options).reports.len(), 1);
}

#[test]
fn a_position_that_is_none_is_refused_though_it_is_a_message() {
    let mut out = Vec::new();
    let nowhere = Position::new(f64::NAN, f64::NAN);
    encode_position(&mut out, Station::ClassA, 219_000_001, &Report::at(0, nowhere), false);
    let beyond = Position::new(12.0, 91.5);
    encode_position(&mut out, Station::ClassA, 219_000_001, &Report::at(0, beyond), false);
    let batch = read_all(&out, &OPTIONS);
    assert_eq!((batch.messages, batch.rows_read, batch.reports.len()), (2, 2, 0));
    assert_eq!(batch.refused.of(Refusal::PositionNotAvailable), 1);
    assert_eq!(batch.refused.of(Refusal::PositionOutOfRange), 1);
}

#[test]
fn a_time_before_1980_is_refused() {
    let mut out = Vec::new();
    let report = Report::at(5000, Position::new(11.0, 56.0));
    encode_position(&mut out, Station::ClassA, 219_000_001, &report, true);
    encode_static(&mut out, Station::ClassB, 219_000_001, &Static::default(), 0, Some(5000));
    let batch = read_all(&out, &OPTIONS);
    assert_eq!((batch.messages, batch.refused.of(Refusal::TimeOutOfRange)), (3, 1));
    assert!(batch.abouts.iter().all(|about| about.t_ms == i64::MIN));
}

/// Lines as they arrive from bad links: cut, glued, with bytes changed.
fn spoiled() -> impl Strategy<Value = Vec<u8>> {
    let bytes = traffic(true);
    let length = bytes.len();
    (0..length - 3000, prop::collection::vec((0_usize..3000, any::<u8>()), 0..40), 0_usize..3000)
        .prop_map(move |(start, changes, n)| {
            let mut piece = bytes[start..start + n].to_vec();
            for (place, byte) in changes {
                if let Some(spoiled) = piece.get_mut(place) {
                    *spoiled = byte;
                }
            }
            piece
        })
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        read_in_blocks(&bytes, 100);
    }

    #[test]
    fn arbitrary_fields_never_panic(
        lines in prop::collection::vec(
            r"(\\[cgs]:[0-9-]{0,20}(\*[0-9A-F]{2})?\\)?!(AI|BS)VD[MO],[0-9],[0-9],[0-9]?,[AB]?,[0-Wa-w]{0,90},[0-9]?\*[0-9A-F]{2}",
            0..20,
        ),
    ) {
        let options = NmeaOptions { accept_bad_checksum: true, ..OPTIONS };
        let batch = read_all(lines.join("\n").as_bytes(), &options);
        prop_assert!(batch.messages + batch.refused.total() <= 2 * lines.len() as u64);
    }

    #[test]
    fn spoiled_sentences_never_panic_and_blocks_do_not_matter(bytes in spoiled()) {
        let whole = format!("{:?}", read_in_blocks(&bytes, usize::MAX));
        prop_assert_eq!(format!("{:?}", read_in_blocks(&bytes, 200)), whole);
    }
}
