//! One command per line in, one answer per line out; byte strings are hex, "-" is the empty one.
//!
//!   open SECRET PACKET                            forward TAG VERSION ADDRESS DELAY PACKET
//!                                                 final TAG VERSION DESTINATION IDENTIFIER PAYLOAD
//!   recover PAYLOAD                               plaintext MESSAGE
//!   build VERSION SIZE DESTINATION IDENTIFIER MESSAGE HOP...          packet PACKET
//!   surb VERSION DESTINATION IDENTIFIER HOP...                        surb SURB
//!   use SURB SIZE MESSAGE                         packet PACKET ADDRESS
//!   time SECRET PACKET ROUNDS                     nanos NANOSECONDS: one opening and taking off of a layer, the average of so many
//!
//! HOP is ADDRESS:PUBLICKEY:DELAY. What the crate refuses is answered by "error" and its words.

use sphinx_packet::crypto::{PrivateKey, PublicKey};
use sphinx_packet::header::delays::Delay;
use sphinx_packet::payload::Payload;
use sphinx_packet::route::{Destination, DestinationAddressBytes, Node, NodeAddressBytes};
use sphinx_packet::version::Version;
use sphinx_packet::{ProcessedPacketData, SURBMaterial, SphinxPacket, SphinxPacketBuilder, SURB};
use std::io::{BufRead, Write};

type Answer = Result<String, String>;

fn bytes(hex: &str) -> Result<Vec<u8>, String> {
    if hex == "-" {
        return Ok(Vec::new());
    }
    if hex.len() % 2 != 0 || !hex.is_ascii() {
        return Err("not hex".to_string());
    }
    (0..hex.len() / 2)
        .map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).map_err(|e| e.to_string()))
        .collect()
}

fn array<const N: usize>(hex: &str) -> Result<[u8; N], String> {
    bytes(hex)?.try_into().map_err(|_| format!("not {N} bytes"))
}

fn hex(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "-".to_string();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| "not a number".to_string())
}

fn route(hops: &[&str]) -> Result<(Vec<Node>, Vec<Delay>), String> {
    let mut nodes = Vec::new();
    let mut delays = Vec::new();
    for hop in hops {
        let parts: Vec<&str> = hop.split(':').collect();
        let [address, key, delay] = parts[..] else {
            return Err("not a hop".to_string());
        };
        nodes.push(Node::new(
            NodeAddressBytes::from_bytes(array(address)?),
            PublicKey::from(array::<32>(key)?),
        ));
        delays.push(Delay::new_from_nanos(number(delay)?));
    }
    Ok((nodes, delays))
}

fn destination(address: &str, identifier: &str) -> Result<Destination, String> {
    Ok(Destination::new(
        DestinationAddressBytes::from_bytes(array(address)?),
        array(identifier)?,
    ))
}

fn open(secret: &str, packet: &str) -> Answer {
    let secret = PrivateKey::from(array::<32>(secret)?);
    let packet = SphinxPacket::from_bytes(&bytes(packet)?).map_err(|e| format!("parse {e}"))?;
    let expanded = packet.header.compute_expanded_shared_secret(&secret);
    let tag = hex(expanded.replay_tag());
    let processed = packet
        .process_with_expanded_secret(&expanded)
        .map_err(|e| format!("process {e}"))?;
    let version = processed.version.value();
    Ok(match processed.data {
        ProcessedPacketData::ForwardHop {
            next_hop_packet,
            next_hop_address,
            delay,
        } => format!(
            "forward {tag} {version} {} {} {}",
            hex(next_hop_address.as_bytes()),
            delay.to_nanos(),
            hex(&next_hop_packet.to_bytes())
        ),
        ProcessedPacketData::FinalHop {
            destination,
            identifier,
            payload,
        } => format!(
            "final {tag} {version} {} {} {}",
            hex(&destination.as_bytes()),
            hex(&identifier),
            hex(payload.as_bytes())
        ),
    })
}

/// What a mix does with a packet that lies in memory: from its bytes to those of the next one.
fn time(secret: &str, packet: &str, rounds: &str) -> Answer {
    let secret = PrivateKey::from(array::<32>(secret)?);
    let packet = bytes(packet)?;
    let rounds: u32 = number(rounds)?;
    let start = std::time::Instant::now();
    for _ in 0..rounds {
        let packet = SphinxPacket::from_bytes(&packet).map_err(|e| format!("parse {e}"))?;
        let expanded = packet.header.compute_expanded_shared_secret(&secret);
        let processed = packet
            .process_with_expanded_secret(&expanded)
            .map_err(|e| format!("process {e}"))?;
        if let ProcessedPacketData::ForwardHop { next_hop_packet, .. } = processed.data {
            std::hint::black_box(next_hop_packet.to_bytes());
        }
    }
    Ok(format!("nanos {}", start.elapsed().as_nanos() / u128::from(rounds.max(1))))
}

fn recover(payload: &str) -> Answer {
    let payload = Payload::from_bytes(&bytes(payload)?).map_err(|e| e.to_string())?;
    let message = payload.recover_plaintext().map_err(|e| e.to_string())?;
    Ok(format!("plaintext {}", hex(&message)))
}

fn build(version: &str, size: &str, address: &str, identifier: &str, message: &str, hops: &[&str]) -> Answer {
    let (nodes, delays) = route(hops)?;
    let packet = SphinxPacketBuilder::new()
        .with_version(Version::new(number(version)?))
        .with_payload_size(number(size)?)
        .build_packet(bytes(message)?, &nodes, &destination(address, identifier)?, &delays)
        .map_err(|e| e.to_string())?;
    Ok(format!("packet {}", hex(&packet.to_bytes())))
}

fn surb(version: &str, address: &str, identifier: &str, hops: &[&str]) -> Answer {
    let (nodes, delays) = route(hops)?;
    let surb = SURBMaterial::new(nodes, delays, destination(address, identifier)?)
        .with_version(Version::new(number(version)?))
        .construct_SURB()
        .map_err(|e| e.to_string())?;
    Ok(format!("surb {}", hex(&surb.to_bytes())))
}

fn use_surb(surb: &str, size: &str, message: &str) -> Answer {
    let (packet, first) = SURB::from_bytes(&bytes(surb)?)
        .and_then(|surb| surb.use_surb(&bytes(message).unwrap_or_default(), size.parse().unwrap_or(0)))
        .map_err(|e| e.to_string())?;
    Ok(format!("packet {} {}", hex(&packet.to_bytes()), hex(first.as_bytes())))
}

fn answer(line: &str) -> Answer {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        ["open", secret, packet] => open(secret, packet),
        ["time", secret, packet, rounds] => time(secret, packet, rounds),
        ["recover", payload] => recover(payload),
        ["build", version, size, address, identifier, message, ref hops @ ..] => {
            build(version, size, address, identifier, message, hops)
        }
        ["surb", version, address, identifier, ref hops @ ..] => surb(version, address, identifier, hops),
        ["use", surb, size, message] => use_surb(surb, size, message),
        _ => Err("unknown command".to_string()),
    }
}

fn main() {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let text = answer(&line).unwrap_or_else(|error| format!("error {error}"));
        if writeln!(out, "{text}").and_then(|()| out.flush()).is_err() {
            break;
        }
    }
}
