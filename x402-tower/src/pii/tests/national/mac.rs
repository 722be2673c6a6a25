use super::super::{assert_marked, found_in_url};
use crate::pii::EntityType::MacAddress;

#[test]
fn are_found_in_all_notations() {
    assert_marked(
        MacAddress,
        &[
            "«00:1a:2b:3c:4d:5e»",
            "«00:1A:2B:3C:4D:5E»",
            "«00-1A-2B-3C-4D-5E»",
            "«001a.2b3c.4d5e»",
            "«10:20:30:40:50:60»",
            "«aa:bb:cc:dd:ee:ff»",
            "mac=«02:42:ac:11:00:02»&x=1",
            "mac:«02:42:ac:11:00:02»",
            "{\"mac\":\"«02:42:ac:11:00:02»\"}",
            "mac «10-20-30-40-50-60»",
            "mac_address=«0010.2030.4050»",
            "device «00:1a:2b:3c:4d:5e», then «00:1a:2b:3c:4d:5f».",
            "device «aa-bb-cc-dd-e1-f2»",
            "device «aabb.ccdd.e1f2»",
        ],
    );
    assert_eq!(
        found_in_url("https://h.example/devices/00-1a-2b-3c-4d-5e?m=00%3A1a%3A2b%3A3c%3A4d%3A5e"),
        [
            (MacAddress, "00-1a-2b-3c-4d-5e"),
            (MacAddress, "00%3A1a%3A2b%3A3c%3A4d%3A5e")
        ]
    );
}

#[test]
fn of_groups_and_nothing_are_left() {
    assert_marked(
        MacAddress,
        &[
            "ff:ff:ff:ff:ff:ff",
            "00:00:00:00:00:00",
            "01:00:5e:00:00:fb",
            "33-33-00-00-00-01",
            "0000.0000.0000",
            "ffff.ffff.ffff",
        ],
    );
}

#[test]
fn are_not_cut_out_of_something_longer() {
    assert_marked(
        MacAddress,
        &[
            "00:1a:2b:3c:4d:5e:6f:70",
            "SHA256 00:1a:2b:3c:4d:5e:6f:70:81:92:a3:b4:c5:d6:e7:f8",
            "00:1a:2b:3c:4d",
            "00:1a:2b:3c:4d:5",
            "00:1a:2b:3c:4d:5ef",
            "x00:1a:2b:3c:4d:5e",
            "00:1a-2b:3c-4d:5e",
            "00:1a:2b:3c:4d:5g",
            "10-20-30-40-50-60",
            "1020.3040.5060",
            "dead.beef.cafe",
            "12:30:45",
            "2026-01-17T12:30:45",
        ],
    );
}
