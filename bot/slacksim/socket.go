package slacksim

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	maxSockets  = 10               // SLACK.md 1.2 [thread node-slack-sdk #1654]
	warningTime = 10 * time.Second // SLACK.md 1.2 [doc]
	writeWait   = 10 * time.Second
)

// socket is one WebSocket of the bot. One goroutine writes, the one of the HTTP
// handler reads.
type socket struct {
	id   int
	conn *websocket.Conn
	out  chan frame
	done chan struct{}
	once sync.Once

	silent bool // under the server's lock: hears and says nothing more, but is not closed
}

type frame struct {
	kind int
	data []byte
}

// write queues a text frame. A client that lets 256 of them pile up loses the rest.
func (k *socket) write(data []byte) { k.put(frame{websocket.TextMessage, data}) }

func (k *socket) put(f frame) {
	select {
	case k.out <- f:
	default:
	}
}

func (k *socket) close() {
	k.once.Do(func() {
		close(k.done)
		_ = k.conn.Close()
	})
}

// upgrader accepts slack-go's Origin header. SLACK.md 1.1 [src]
var upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }, WriteBufferSize: 64 * 1024}

// serveLink is the address that apps.connections.open gives out.
func (s *Server) serveLink(w http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	s.mu.Lock()
	ok := s.tickets[ticket] && !s.closed
	delete(s.tickets, ticket) // SLACK.md 1.1: each URL is for one connection [3rd]
	if !ok {
		s.complain("socket: a ticket that is unknown or used")
	}
	s.mu.Unlock()
	if !ok {
		http.Error(w, "invalid ticket", http.StatusForbidden)
		return
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	k := &socket{conn: conn, out: make(chan frame, 256), done: make(chan struct{})}
	conn.SetReadLimit(1 << 20)
	conn.SetPingHandler(func(data string) error { // SLACK.md 1.6: answer pings [src Node client]
		s.mu.Lock()
		defer s.mu.Unlock()
		if !k.silent {
			k.put(frame{websocket.PongMessage, []byte(data)})
		}
		return nil
	})
	life := s.opt.SocketLife
	if r.URL.Query().Get("debug_reconnects") == "true" {
		life = 360 * time.Second // SLACK.md 1.1 [doc]
	}
	if !s.join(k, life) {
		k.close()
		return
	}
	s.read(k)
	k.close()
	s.leave(k)
}

// join starts the writer and says hello; false when the server is closed.
func (s *Server) join(k *socket, life time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.lastID++
	k.id = s.lastID
	s.live[k] = struct{}{}
	s.dialed.Go(func() { s.run(k) })
	if len(s.sockets) >= maxSockets || s.disconnectFault("too_many_websockets") {
		s.disconnect(k, "too_many_websockets")
		return true
	}
	s.sockets = append(s.sockets, k)
	// SLACK.md 0.5 [ran]: a ping before anything else, else slack-go reconnects after 30 s
	if s.opt.PingEvery > 0 {
		k.put(frame{kind: websocket.PingMessage})
	}
	k.write(s.hello(life))
	for _, reason := range []string{"warning", "refresh_requested", "link_disabled"} {
		if s.disconnectFault(reason) {
			s.disconnect(k, reason)
			return true
		}
	}
	if life > warningTime {
		s.after(life-warningTime, func() {
			if slices.Contains(s.sockets, k) {
				s.disconnect(k, "warning")
			}
		})
	}
	s.stir()
	return true
}

// hello is the first frame. SLACK.md 1.2
func (s *Server) hello(life time.Duration) []byte {
	n := len(s.sockets)
	if f := s.fault(func(f *Fault) bool {
		return f.Connections > 0 && f.Disconnect == "" && f.Method == "" && f.Envelope == ""
	}); f != nil {
		n = f.Connections // what Slack believes: ghosts included [thread python-slack-sdk #1940]
	}
	data, _ := json.Marshal(object{
		"type": "hello", "num_connections": n, "connection_info": object{"app_id": appID},
		"debug_info": object{
			"host": "applink-sim", "started": s.opt.Now().UTC().Format("2006-01-02 15:04:05.000"),
			"build_number": 54, "approximate_connection_time": max(0, int(life.Seconds())),
		},
	})
	return data
}

// disconnect tells a socket to go. A warning leaves it ten more seconds, in which it
// still gets envelopes; every other reason closes it at once. The caller holds the lock.
func (s *Server) disconnect(k *socket, reason string) {
	data, _ := json.Marshal(object{"type": "disconnect", "reason": reason, "debug_info": object{"host": "applink-sim"}})
	k.write(data)
	if reason == "warning" {
		s.after(warningTime, func() {
			if slices.Contains(s.sockets, k) {
				s.disconnect(k, "refresh_requested")
			}
		})
		return
	}
	k.put(frame{kind: websocket.CloseMessage, data: websocket.FormatCloseMessage(websocket.CloseNormalClosure, reason)})
	s.sockets = slices.DeleteFunc(s.sockets, func(o *socket) bool { return o == k })
	s.stir()
}

// run writes until the socket ends. Pings go every 15 s. SLACK.md 0.5 [ran]
func (s *Server) run(k *socket) {
	defer k.close()
	var tick <-chan time.Time
	if s.opt.PingEvery > 0 {
		t := time.NewTicker(s.opt.PingEvery)
		defer t.Stop()
		tick = t.C
	}
	for {
		var f frame
		select {
		case <-k.done:
			return
		case <-tick:
			f.kind = websocket.PingMessage
		case f = <-k.out:
		}
		if s.isSilent(k) {
			continue
		}
		_ = k.conn.SetWriteDeadline(time.Now().Add(writeWait))
		if err := k.conn.WriteMessage(f.kind, f.data); err != nil || f.kind == websocket.CloseMessage {
			return
		}
	}
}

func (s *Server) isSilent(k *socket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return k.silent
}

// read takes acks until the socket ends.
func (s *Server) read(k *socket) {
	for {
		kind, data, err := k.conn.ReadMessage()
		if err != nil {
			return
		}
		if kind == websocket.TextMessage && !s.isSilent(k) {
			s.ack(data)
		}
	}
}

func (s *Server) leave(k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.live, k)
	s.sockets = slices.DeleteFunc(s.sockets, func(o *socket) bool { return o == k })
	s.stir()
}

// Sockets tells how many sockets Slack believes to be open.
func (s *Server) Sockets() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sockets)
}
