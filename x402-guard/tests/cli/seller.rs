//! A seller on the loopback interface: one connection, one request, one answer.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

pub const PAY_TO: &str = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";
pub const TRANSACTION: &str = "0x7d1f2b0000000000000000000000000000000000000000000000000000009a3c";
/// What is sold; deliberately not UTF-8.
pub const BINARY_REPORT: &[u8] = b"\x00\xff\xfe report\r\n";
pub const REPORT: &[u8] = b"{\"price\": 42}";

const USDC_BASE_SEPOLIA: &str = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

#[derive(Clone, Copy)]
pub enum Wire {
    V1,
    V2,
}

/// What the seller does with a request.
#[derive(Clone, Copy)]
pub enum Conduct {
    /// Answers with this status, and asks for nothing.
    Free(u16),
    /// Redirects there.
    Redirect(&'static str),
    /// Delivers what was paid for.
    Sell(&'static [u8]),
    /// Takes the money and answers 500.
    SettleAndFail,
    /// Refuses every payment.
    Refuse,
    /// Closes the connection once it has the payment.
    HangUp,
    /// Delivers, and gives no receipt.
    NoReceipt,
    /// Begins to deliver what was paid for, and breaks off.
    BreakOff,
}

/// A request as the seller saw it.
#[derive(Debug)]
pub struct Seen {
    pub method: String,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The payment header as it came.
    pub fn payment(&self) -> Option<&str> {
        self.header("payment-signature")
            .or_else(|| self.header("x-payment"))
    }
}

pub struct Seller {
    port: u16,
    seen: Receiver<Seen>,
}

impl Seller {
    /// Sells at `atomic` units of USDC, a millionth of a dollar each.
    pub fn start(wire: Wire, atomic: u64, conduct: Conduct) -> Self {
        Self::open(wire, atomic, conduct, None)
    }

    /// Sells, and delivers when it is told to.
    pub fn start_held(wire: Wire, atomic: u64, conduct: Conduct) -> (Self, Sender<()>) {
        let (deliver, held) = channel();
        (Self::open(wire, atomic, conduct, Some(held)), deliver)
    }

    fn open(wire: Wire, atomic: u64, conduct: Conduct, held: Option<Receiver<()>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tell, seen) = channel();
        let shop = Shop {
            wire,
            atomic,
            conduct,
            held,
            port,
        };
        thread::spawn(move || {
            for stream in listener.incoming() {
                shop.serve(stream.unwrap(), &tell);
            }
        });
        Self { port, seen }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/report", self.port)
    }

    /// Every request so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.try_iter().collect()
    }

    /// The next request, when it comes.
    pub fn next(&self) -> Seen {
        self.seen.recv_timeout(Duration::from_secs(30)).unwrap()
    }

    /// Every payment header so far.
    pub fn payments(&self) -> Vec<String> {
        let seen = self.seen();
        let payments = seen.iter().filter_map(Seen::payment);
        payments.map(str::to_owned).collect()
    }
}

/// The decoded payment message.
pub fn decode(payment: &str) -> Value {
    serde_json::from_slice(&STANDARD.decode(payment).unwrap()).unwrap()
}

struct Shop {
    wire: Wire,
    atomic: u64,
    conduct: Conduct,
    held: Option<Receiver<()>>,
    port: u16,
}

impl Shop {
    fn serve(&self, mut stream: TcpStream, tell: &Sender<Seen>) {
        let Some(request) = read(&stream) else { return };
        let paid = request.payment().map(decode);
        let asks = !matches!(self.conduct, Conduct::Free(_) | Conduct::Redirect(_));
        // The test may be over.
        let _ = tell.send(request);
        match &paid {
            None if asks => self.challenge(&mut stream),
            _ => {
                if let Some(held) = &self.held {
                    held.recv().unwrap();
                }
                self.answer(&mut stream, paid.as_ref());
            }
        }
        let _ = stream.shutdown(Shutdown::Both);
    }

    fn challenge(&self, stream: &mut TcpStream) {
        let url = format!("http://127.0.0.1:{}/report", self.port);
        let extra = json!({"name": "USDC", "version": "2"});
        match self.wire {
            Wire::V1 => {
                let offer = json!({
                    "scheme": "exact", "network": "base-sepolia", "maxAmountRequired": self.atomic.to_string(),
                    "resource": url, "description": "a report", "mimeType": "text/plain", "payTo": PAY_TO,
                    "maxTimeoutSeconds": 60, "asset": USDC_BASE_SEPOLIA, "extra": extra,
                });
                let body = json!({"x402Version": 1, "error": "pay first", "accepts": [offer]});
                reply(stream, 402, &[], body.to_string().as_bytes());
            }
            Wire::V2 => {
                let offer = json!({
                    "scheme": "exact", "network": "eip155:84532", "amount": self.atomic.to_string(),
                    "asset": USDC_BASE_SEPOLIA, "payTo": PAY_TO, "maxTimeoutSeconds": 60, "extra": extra,
                });
                let challenge = json!({
                    "x402Version": 2, "error": "pay first",
                    "resource": {"url": url, "description": "a report", "mimeType": "text/plain"},
                    "accepts": [offer],
                });
                let header = STANDARD.encode(challenge.to_string());
                reply(stream, 402, &[("PAYMENT-REQUIRED", &header)], b"{}");
            }
        }
    }

    fn answer(&self, stream: &mut TcpStream, paid: Option<&Value>) {
        let receipt = |success| self.receipt(paid, success);
        match self.conduct {
            Conduct::Free(status) => reply(stream, status, &[], REPORT),
            Conduct::Redirect(to) => reply(stream, 302, &[("Location", to)], b""),
            Conduct::Sell(goods) => reply(stream, 200, &[receipt(true).as_pair()], goods),
            Conduct::SettleAndFail => reply(stream, 500, &[receipt(true).as_pair()], b"oops"),
            Conduct::Refuse => reply(stream, 402, &[receipt(false).as_pair()], b"refused"),
            Conduct::HangUp => {}
            Conduct::NoReceipt => reply(stream, 200, &[], REPORT),
            Conduct::BreakOff => {
                let (name, value) = receipt(true).0;
                write!(
                    stream,
                    "HTTP/1.1 200 OK\r\n{name}: {value}\r\nContent-Length: 1000\r\n\r\nthe beginning"
                )
                .unwrap();
            }
        }
    }

    fn receipt(&self, paid: Option<&Value>, success: bool) -> Header {
        let payer = paid.map(|paid| paid["payload"]["authorization"]["from"].clone());
        let (name, network) = match self.wire {
            Wire::V1 => ("X-PAYMENT-RESPONSE", "base-sepolia"),
            Wire::V2 => ("PAYMENT-RESPONSE", "eip155:84532"),
        };
        let receipt = if success {
            json!({"success": true, "transaction": TRANSACTION, "network": network, "payer": payer})
        } else {
            json!({
                "success": false, "errorReason": "insufficient_funds", "transaction": "", "network": network,
                "payer": payer,
            })
        };
        Header((name, STANDARD.encode(receipt.to_string())))
    }
}

struct Header((&'static str, String));

impl Header {
    fn as_pair(&self) -> (&str, &str) {
        (self.0.0, &self.0.1)
    }
}

pub fn read(stream: &TcpStream) -> Option<Seen> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let method = line.split(' ').next()?.to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let mut seen = Seen {
        method,
        headers,
        body: Vec::new(),
    };
    let len = seen
        .header("content-length")
        .map_or(0, |len| len.parse().unwrap());
    seen.body.resize(len, 0);
    reader.read_exact(&mut seen.body).ok()?;
    Some(seen)
}

pub fn reply(stream: &mut TcpStream, status: u16, headers: &[(&str, &str)], body: &[u8]) {
    let mut head = format!(
        "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
}
