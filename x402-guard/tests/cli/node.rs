//! An EVM node on the loopback interface that knows one thing about every nonce.

use std::net::TcpListener;
use std::thread;

use serde_json::{Value, json};

use crate::seller::{read, reply};

pub struct Node {
    port: u16,
}

impl Node {
    /// A node of Base whose newest block is of the year 2100.
    pub fn saying(used: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some(seen) = read(&stream) else { continue };
                let question: Value = serde_json::from_slice(&seen.body).unwrap();
                let result = match question["method"].as_str().unwrap() {
                    "eth_chainId" => json!("0x2105"),
                    "eth_getBlockByNumber" => {
                        json!({ "hash": format!("0x{}", "ab".repeat(32)), "timestamp": "0xf4865700" })
                    }
                    _ => json!(format!("0x{:064x}", u8::from(used))),
                };
                let answer = json!({ "jsonrpc": "2.0", "id": question["id"], "result": result });
                reply(&mut stream, 200, &[], answer.to_string().as_bytes());
            }
        });
        Self { port }
    }

    /// Its address for a chain, as the command line takes it. It holds a key.
    pub fn on(&self, chain: &str) -> String {
        format!("{chain}=http://127.0.0.1:{}/v2/a-key", self.port)
    }
}
