//! Connections whose caller has the next move, and how long they wait for it.

use std::{
    any::Any,
    cell::Cell,
    error::Error,
    net::Shutdown,
    pin::Pin,
    rc::{Rc, Weak},
    task::{Context, Poll},
    time::Duration,
};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::{
    HttpRequest,
    body::{BodySize, BoxBody, MessageBody},
    dev::Extensions,
    rt::{
        self,
        net::TcpStream,
        task::JoinHandle,
        time::{Instant, sleep_until},
    },
    web::Bytes,
};
use socket2::{SockRef, Socket};

/// A connection that is closed when its caller lets it wait: after an answer, until the next request
/// is there; within an answer, until more of it is taken. The server times only the first head of a
/// connection, and the handlers the bodies.
#[derive(Debug)]
pub(super) struct Connection {
    socket: Socket,
    patience: Duration,
    /// `None`: it is our move.
    until: Cell<Option<Instant>>,
    watch: JoinHandle<()>,
}

/// Watches a connection of the server from its beginning; its requests find it by `kept`.
pub fn watch(io: &dyn Any, kept: &mut Extensions, patience: Duration) {
    let plain = io.downcast_ref::<TcpStream>();
    let tls = io.downcast_ref::<TlsStream<TcpStream>>();
    let Some(stream) = plain.or_else(|| tls.map(|tls| tls.get_ref().0)) else {
        return;
    };
    let socket = SockRef::from(stream);
    match socket.try_clone() {
        Ok(socket) => {
            kept.insert(Connection::watched(socket, patience));
        }
        Err(error) => {
            tracing::warn!(%error, "a connection cannot be watched and is closed");
            // Closing fails where it is closed already.
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

impl Connection {
    fn watched(socket: Socket, patience: Duration) -> Rc<Self> {
        Rc::new_cyclic(|this| Self {
            socket,
            patience,
            until: Cell::new(None),
            watch: rt::spawn(close_in_time(Weak::clone(this), patience)),
        })
    }
}

/// Looks at a connection whenever its time may have run out, rather than at every request.
async fn close_in_time(connection: Weak<Connection>, patience: Duration) {
    loop {
        let now = Instant::now();
        let next = match connection.upgrade() {
            None => return,
            Some(it) => match it.until.get() {
                Some(until) if until <= now => {
                    // Closing fails where it is closed already.
                    let _ = it.socket.shutdown(Shutdown::Both);
                    return;
                }
                Some(until) => until,
                None => now + patience,
            },
        };
        sleep_until(next).await;
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

/// Whose move it is on the connection of one request: ours from its head on, the caller's when the
/// answer is out or given up.
#[derive(Debug)]
pub(super) struct Turn(Rc<Connection>);

impl Turn {
    /// Our move, on the connection that `request` came by; `None` where nobody watches it.
    pub(super) fn of(request: &HttpRequest) -> Option<Self> {
        let turn = Self(Rc::clone(request.conn_data::<Rc<Connection>>()?));
        turn.pass_to_us();
        Some(turn)
    }

    fn pass_to_us(&self) {
        self.0.until.set(None);
    }

    fn pass_to_caller(&self) {
        self.0.until.set(Some(Instant::now() + self.0.patience));
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.pass_to_caller();
    }
}

/// An answer's body on its way out.
#[derive(Debug)]
pub struct Out {
    body: BoxBody,
    turn: Option<Turn>,
}

impl Out {
    pub(super) fn new(body: BoxBody, turn: Option<Turn>) -> Self {
        Self { body, turn }
    }
}

impl MessageBody for Out {
    type Error = Box<dyn Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    /// Asked for the next piece when the caller has taken nearly all before it.
    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let piece = self.body.as_pin_mut().poll_next(context);
        match &self.turn {
            Some(turn) if piece.is_pending() => turn.pass_to_us(),
            Some(turn) => turn.pass_to_caller(),
            None => {}
        }
        piece
    }
}
