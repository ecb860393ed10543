package mqtt

import (
	"net"
	"net/http"

	"github.com/coder/websocket"
)

// WebSocket serves MQTT in binary frames of the subprotocol "mqtt" (MQTT 3.1.1,
// 6) or "mqttv3.1". Devices send no Origin; a browser's Origin has to be the
// host it asks.
func (s *Server) WebSocket() http.Handler {
	s.init()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"mqtt", "mqttv3.1"}})
		if err != nil {
			return // Accept has answered with the reason
		}
		if ws.Subprotocol() == "" {
			_ = ws.Close(websocket.StatusPolicyViolation, "the subprotocol mqtt is required")
			return
		}
		// The connection outlives the request: neither its context nor its goroutine
		// is kept.
		transport := &webSocketConn{Conn: websocket.NetConn(s.ctx, ws, websocket.MessageBinary), ws: ws}
		s.start(transport, Connect{Remote: r.RemoteAddr, TLS: r.TLS != nil})
	})
}

// webSocketConn is a WebSocket as a stream of bytes.
type webSocketConn struct {
	net.Conn
	ws *websocket.Conn
}

// Close says goodbye to the peer and waits a few seconds for its answer.
func (c *webSocketConn) Close() error {
	err := c.ws.Close(websocket.StatusNormalClosure, "")
	_ = c.Conn.Close() // stops its timers
	return err
}
