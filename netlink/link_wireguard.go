package netlink

// Wireguard is a WireGuard tunnel: ip link add DEV type wireguard (Linux 5.6). Its
// keys and peers are set by generic netlink, see wg(8).
type Wireguard struct {
	LinkAttrs
}

// Attrs returns the attributes that all kinds have.
func (w *Wireguard) Attrs() *LinkAttrs { return &w.LinkAttrs }

// Type returns "wireguard".
func (w *Wireguard) Type() string { return "wireguard" }
