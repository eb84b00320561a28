//! Why nothing comes from an address of the web, in words for the user.

use std::env;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

/// Where the system's settings for going through a proxy are.
const PROXIES: [&str; 6] =
    ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];

/// An address of the web, taken apart.
#[derive(PartialEq, Debug)]
struct Address<'a> {
    is_secure: bool,
    host: &'a str,
    port: u16,
    path: &'a str,
}

impl Address<'_> {
    fn parse(url: &str) -> Option<Address<'_>> {
        let (scheme, rest) = url.split_once("://")?;
        let is_secure = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
        let (host, port) = match place.strip_prefix('[') {
            Some(v6) => {
                let (host, after) = v6.split_once(']')?;
                (host, after.strip_prefix(':').or(after.is_empty().then_some(""))?)
            }
            None => place.split_once(':').unwrap_or((place, "")),
        };
        let port = match port {
            "" => [80, 443][usize::from(is_secure)],
            port => port.parse().ok()?,
        };
        let is_host = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
        let is_address = !host.is_empty() && host.chars().all(is_host);
        is_address.then_some(Address { is_secure, host, port, path })
    }

    /// The host, and the port where it is not the usual one.
    fn name(&self) -> String {
        match (self.is_secure, self.port) {
            (true, 443) | (false, 80) => self.host.to_owned(),
            (_, port) => format!("{}:{port}", self.host),
        }
    }
}

/// The host of an address that begins with `https://` or `http://`, with its port if it is not the
/// usual one; `None` if it is no such address.
///
/// ```
/// use fairway::io::reach::host_of;
/// assert_eq!(host_of("http://localhost:8080/1/0/1.png").as_deref(), Some("localhost:8080"));
/// assert_eq!(host_of("/1/0/1.png"), None);
/// ```
pub fn host_of(url: &str) -> Option<String> {
    Address::parse(url).map(|address| address.name())
}

/// Finds out why nothing usable comes from `url`: looks up its host, connects, and asks once if the
/// address is not a secured one. Each step takes `patience` at most, but for the look-up, which
/// takes as long as the system's own patience: call it on a thread.
pub fn why_silent(url: &str, user_agent: &str, patience: Duration) -> String {
    let Some(address) = Address::parse(url) else {
        return format!("{url} is no address of the web");
    };
    if PROXIES.iter().any(|proxy| env::var_os(proxy).is_some_and(|value| !value.is_empty())) {
        return format!("nothing comes from {} through this system's proxy", address.name());
    }
    try_out(&address, user_agent, patience)
}

fn try_out(address: &Address<'_>, user_agent: &str, patience: Duration) -> String {
    let name = address.name();
    let Ok(places) = (address.host, address.port).to_socket_addrs() else {
        return format!("{name} is not found; is this computer online?");
    };
    let mut outcome = Err(ErrorKind::NotFound.into());
    for place in places {
        outcome = TcpStream::connect_timeout(&place, patience);
        if outcome.is_ok() {
            break;
        }
    }
    match outcome {
        Ok(stream) if address.is_secure => {
            drop(stream);
            format!("{name} answers, but sends no usable pictures")
        }
        Ok(stream) => match status(stream, address, user_agent, patience) {
            Some(status) if status.starts_with('2') => {
                format!("{name} answers, but not with PNG or JPEG pictures")
            }
            Some(status) => format!("{name} answers \"{status}\""),
            None => format!("{name} takes the call but does not answer"),
        },
        Err(error) => match error.kind() {
            ErrorKind::ConnectionRefused => format!("{name} refuses the connection"),
            ErrorKind::TimedOut | ErrorKind::WouldBlock => format!("{name} does not answer"),
            _ => format!("there is no way to {name}; is this computer online? ({error})"),
        },
    }
}

/// What the server says of the page: `404 Not Found`.
fn status(
    mut stream: TcpStream,
    address: &Address<'_>,
    user_agent: &str,
    patience: Duration,
) -> Option<String> {
    stream.set_read_timeout(Some(patience)).ok()?;
    stream.set_write_timeout(Some(patience)).ok()?;
    let (path, name) = (address.path, address.name());
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {name}\r\nUser-Agent: {user_agent}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    let mut part = [0; 256];
    while answer.len() < 1024 && !answer.contains(&b'\n') {
        match stream.read(&mut part).ok()? {
            0 => break,
            n => answer.extend_from_slice(&part[..n]),
        }
    }
    let answer = String::from_utf8_lossy(&answer);
    let (protocol, status) = answer.lines().next()?.split_once(' ')?;
    let status: String = status.trim().chars().filter(|c| !c.is_control()).take(60).collect();
    (protocol.starts_with("HTTP/") && !status.is_empty()).then_some(status)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    const PATIENCE: Duration = Duration::from_millis(300);

    /// A server that answers once, with these bytes; with none, it keeps silent until asked to end.
    fn server(answer: &'static [u8]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 2048];
            let n = stream.read(&mut request).unwrap();
            assert!(request[..n].starts_with(b"GET /7/1.png HTTP/1.1\r\nHost: 127.0.0.1:"));
            if answer.is_empty() {
                // Silent until the caller gives up.
                assert_eq!(stream.read(&mut request).unwrap(), 0);
            } else {
                stream.write_all(answer).unwrap();
            }
        });
        format!("http://127.0.0.1:{port}/7/1.png")
    }

    fn check(url: &str, part: &str) {
        let why = try_out(&Address::parse(url).unwrap(), "Fairway/test", PATIENCE);
        assert!(why.contains(part), "{url}: {why}");
    }

    #[test]
    fn each_reason_for_silence_has_its_own_words() {
        check(&server(b"HTTP/1.1 404 Not Found\r\n\r\n"), "answers \"404 Not Found\"");
        check(&server(b"HTTP/1.1 200 OK\r\n\r\n"), "answers, but not with PNG or JPEG pictures");
        check(&server(b"SSH-2.0-OpenSSH\r\n"), "takes the call but does not answer");
        check(&server(b""), "takes the call but does not answer");
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        check(&format!("http://{closed}/1.png"), "refuses the connection");
        check(&format!("https://{closed}/1.png"), "refuses the connection");
        let why = why_silent("ftp://a.org/1.png", "Fairway/test", PATIENCE);
        assert_eq!(why, "ftp://a.org/1.png is no address of the web");
    }

    #[test]
    fn addresses_are_taken_apart() {
        for (url, expected) in [
            ("https://a.org/1.png", Some((true, "a.org", 443, "/1.png"))),
            ("HTTP://a.org", Some((false, "a.org", 80, ""))),
            ("http://me:secret@a.org:81?x", Some((false, "a.org", 81, "?x"))),
            ("http://[::1]:8080/", Some((false, "::1", 8080, "/"))),
            ("http://[::1]/", Some((false, "::1", 80, "/"))),
            ("http://a.org:port/", None),
            ("http://a.org:99999/", None),
            ("http:///1.png", None),
            ("http://a b/", None),
            ("http://[::1", None),
            ("file:///etc/passwd", None),
            ("a.org", None),
        ] {
            let expected = expected.map(|(is_secure, host, port, path)| Address {
                is_secure,
                host,
                port,
                path,
            });
            assert_eq!(Address::parse(url), expected, "{url}");
        }
    }
}
