"""Writes the bundled table of ports, ports.csv.zst, from the World Port Index (NGA, public domain).

    zstd -dc world_port_index.csv.zst | python ports.py > ports.csv
    zstd --ultra -22 ports.csv -o ports.csv.zst

Kept are the ports whose harbors the index calls large, medium or small, smaller ones with container,
ro-ro or LNG terminals, and a few that it takes for smaller than they are. Where the index has an old
code, the one that crews type is among the aliases.
"""

import csv
import sys

KEPT = ("Large", "Medium", "Small")
TERMINALS = ("Facilities - Container", "Facilities - Ro-Ro", "Facilities - LNG Terminal")
ALSO = {"GBFXT", "CNRZH", "USNTD", "TRALI", "FRFOS", "TWTPE", "USELS", "USBNC", "USVNT", "ARSPD", "UYNVP", "USMRZ"}
TYPED = {
    "SGKEP": "SGSIN|Singapore",
    "CNSGH": "CNSHA",
    "CNNBO": "CNNGB",
    "CNQIN": "CNTAO|CNQDG",
    "CNDAL": "CNDLC",
    "CNTXG": "CNTSN|Tianjin|Xingang",
    "CNGGZ": "CNCAN|CNNSA|Nansha",
    "CNXMG": "CNXMN",
    "CNSHK": "CNSZX|Shenzhen",
    "IEMTL": "IEDUB",
    "AUPAE": "AUADL|Adelaide",
    "NGLOS": "NGAPP|Apapa",
    "INNSA": "Nhava Sheva|JNPT",
    "GBLON": "GBLGP|London Gateway",
    "VNSGN": "HCMC|Saigon",
    "BEANR": "Antwerpen",
    "MATNG": "MAPTM|Tanger Med",
}
EUROPA_POINT = "38330"
csv.field_size_limit(1 << 20)
rows = list(csv.DictReader(sys.stdin))


def code(row):
    return row["UN/LOCODE"].replace(" ", "")


def is_kept(row):
    return (
        row["Harbor Size"].strip() in KEPT
        or any(row[terminal].strip() == "Yes" for terminal in TERMINALS)
        or code(row) in ALSO
    )


def rank(row):
    size = row["Harbor Size"].strip()
    return KEPT.index(size) if size in KEPT else len(KEPT), float(row["World Port Index Number"])


kept = sorted(filter(is_kept, rows), key=rank)
print("# Ports of the World Port Index (Pub. 150), National Geospatial-Intelligence Agency, USA: public domain.")
print(f"# {len(kept)} of its {len(rows)}, chosen and given further aliases by assets/ports.py of Fairway. Never for navigation.")
out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(["name", "locode", "country", "lat", "lon", "wpi", "size", "aliases"])
for row in kept:
    name = row["Main Port Name"].strip()
    names = [other.strip() for other in row["Alternate Port Name"].split(";")] + TYPED.get(code(row), "").split("|")
    number = str(int(float(row["World Port Index Number"])))
    if number == EUROPA_POINT:
        names += ["Gibraltar", "GIGIB"]
    out.writerow([
        name,
        code(row),
        row["Country Code"].strip(),
        f"{float(row['Latitude']):.4f}".rstrip("0").rstrip("."),
        f"{float(row['Longitude']):.4f}".rstrip("0").rstrip("."),
        number,
        "".join(word[0] for word in row["Harbor Size"].split()[:1]),
        "|".join(dict.fromkeys(other for other in names if other and other != name)),
    ])
