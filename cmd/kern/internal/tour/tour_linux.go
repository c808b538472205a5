package tour

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/topo"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
	"kern.sys/unix"
)

// tour is the demonstration: two hosts and a router between them, each a
// network namespace.
type tour struct {
	*cli.Command
	ctx   context.Context
	hosts []*tourHost
	step  int
}

// tourHost is a namespace with a handle in it.
type tourHost struct {
	name string
	ns   netns.NsHandle
	h    *netlink.Handle
}

// The addresses of the tour are from the blocks for documentation.
const (
	leftAddr    = "192.0.2.2/24"
	routerLeft  = "192.0.2.1/24"
	routerRight = "198.51.100.1/24"
	rightAddr   = "198.51.100.2/24"
)

func newTour(ctx context.Context, c *cli.Command) *tour { return &tour{Command: c, ctx: ctx} }

func (t *tour) run() error {
	defer t.close()
	began := time.Now()
	for _, step := range []func() error{t.makeHosts, t.makeCables, t.makeRoutes, t.moveData, t.showObjects, t.draw} {
		if err := t.ctx.Err(); err != nil {
			return err
		}
		if err := step(); err != nil {
			return err
		}
	}
	fmt.Fprintf(t.Stdout, "\nAll of it was made, used and shown in %.1f s, and is gone when this ends. Next: %s help, "+
		"%s topo\n", time.Since(began).Seconds(), t.Name, t.Name)
	return nil
}

func (t *tour) close() {
	for _, h := range t.hosts {
		h.h.Close()
		h.ns.Close()
	}
}

// say announces a step.
func (t *tour) say(format string, args ...any) {
	t.step++
	fmt.Fprintf(t.Stdout, "%d. %s\n", t.step, fmt.Sprintf(format, args...))
}

func (t *tour) makeHosts() error {
	for _, name := range []string{"left", "router", "right"} {
		ns, err := newNamespace()
		if err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		h, err := netlink.NewHandleWithOptions(netlink.HandleOptions{NetNS: &ns, ErrorDetails: true})
		if err != nil {
			ns.Close()
			return fmt.Errorf("demo: %w", err)
		}
		t.hosts = append(t.hosts, &tourHost{name, ns, h.WithContext(t.ctx)})
	}
	t.say("Three network namespaces without names: left, router, right")
	return nil
}

// newNamespace makes a namespace and leaves the thread where it was.
func newNamespace() (ns netns.NsHandle, err error) {
	origin, err := netns.Get()
	if err != nil {
		return netns.None(), err
	}
	defer origin.Close()
	err = netns.Do(origin, func() error {
		ns, err = netns.New()
		return err
	})
	return ns, err
}

func (t *tour) makeCables() error {
	left, router, right := t.hosts[0], t.hosts[1], t.hosts[2]
	for _, c := range []struct {
		host       *tourHost
		port       string
		host1, rtr string
	}{{left, "left", leftAddr, routerLeft}, {right, "right", rightAddr, routerRight}} {
		veth := netlink.NewVeth(netlink.NewLinkAttrs())
		veth.Name, veth.PeerName, veth.PeerNamespace = c.port, "eth0", netlink.NsFd(c.host.ns)
		err := router.h.LinkAdd(veth)
		if errors.Is(err, unix.EOPNOTSUPP) {
			return fmt.Errorf("demo: this kernel was built without veth: %w", err)
		}
		if err != nil {
			return err
		}
		if err := c.host.up("eth0", c.host1); err != nil {
			return err
		}
		if err := router.up(c.port, c.rtr); err != nil {
			return err
		}
		if err := c.host.up("lo", ""); err != nil {
			return err
		}
	}
	t.say("Two veth cables: left:eth0 to router:left, right:eth0 to router:right, with addresses, up")
	return nil
}

// up sets a link up and gives it an address.
func (h *tourHost) up(name, addr string) error {
	link, err := h.h.LinkByName(name)
	if err != nil {
		return err
	}
	if addr != "" {
		a, err := netlink.ParseAddr(addr)
		if err != nil {
			return err
		}
		if err := h.h.AddrAdd(link, a); err != nil {
			return err
		}
	}
	return h.h.LinkSetUp(link)
}

func (t *tour) makeRoutes() error {
	for _, r := range []struct {
		host *tourHost
		via  string
	}{{t.hosts[0], routerLeft}, {t.hosts[2], routerRight}} {
		gw := netip.MustParsePrefix(r.via).Addr()
		if err := r.host.h.RouteAdd(&netlink.Route{Gw: gw.AsSlice()}); err != nil {
			return err
		}
	}
	for _, port := range []string{"left", "right"} {
		if err := t.forward(t.hosts[1], port); err != nil {
			return err
		}
	}
	t.say("Default routes through the router, and forwarding on its ports")
	return nil
}

// forward turns IPv4 forwarding of one link on, which is otherwise done by
// writing to /proc/sys/net/ipv4/conf/LINK/forwarding. Containers often have
// that read-only; rtnetlink takes it too.
func (t *tour) forward(h *tourHost, name string) error {
	link, err := h.h.LinkByName(name)
	if err != nil {
		return err
	}
	c, err := wire.Dial(wire.Config{Protocol: uapi.NETLINK_ROUTE, NetNS: &h.ns})
	if err != nil {
		return err
	}
	defer c.Close()
	r := wire.NewRequest(uapi.RTM_SETLINK, 0)
	(&uapi.Ifinfomsg{Index: int32(link.Attrs().Index)}).Put(r.Header(uapi.SizeofIfinfomsg))
	r.Nest(uapi.IFLA_AF_SPEC)
	r.Nest(uapi.AF_INET)
	r.Nest(uapi.IFLA_INET_CONF)
	r.Uint32(uapi.IPV4_DEVCONF_FORWARDING, 1)
	r.End()
	r.End()
	r.End()
	return wire.Annotate(c.Do(t.ctx, r), "forwarding on", func() string { return name })
}

// tourTime is how long data is moved.
const tourTime = time.Second

func (t *tour) moveData() error {
	server, err := listenIn(t.ctx, t.hosts[2].ns, netip.MustParsePrefix(rightAddr).Addr())
	if err != nil {
		return err
	}
	defer server.Close()
	stop := context.AfterFunc(t.ctx, func() { server.Close() })
	defer stop()
	got := make(chan received, 1)
	go func() { got <- receive(t.ctx, server) }()

	var conn net.Conn
	err = netns.Do(t.hosts[0].ns, func() error {
		d := net.Dialer{Timeout: 5 * time.Second}
		conn, err = d.DialContext(t.ctx, "tcp4", server.Addr().String())
		return err
	})
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	sent, err := transmit(t.ctx, conn, tourTime)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	r := <-got
	if r.err != nil {
		return fmt.Errorf("demo: %w", r.err)
	}
	if r.sum != sent.sum || r.bytes != sent.bytes {
		return fmt.Errorf("demo: %d bytes were sent and %d received, or not the same ones", sent.bytes, r.bytes)
	}
	t.say("TCP from left to %s through the router: %.0f MiB in %.2f s (%.1f Gbit/s), checksum %08x on both sides",
		server.Addr(), float64(r.bytes)/(1<<20), sent.took.Seconds(), float64(r.bytes)*8/1e9/sent.took.Seconds(), r.sum)
	return nil
}

// showObjects shows what was made as the commands of this program show it.
func (t *tour) showObjects() error {
	t.say("What the kernel says of them:")
	for _, h := range t.hosts {
		for _, words := range [][]string{{"-brief", "link"}, {"-brief", "address"}, {"-statistics", "link", "show", "up"},
			{"route"}, {"neighbour"}} {
			if h.name != "router" && words[0] == "-statistics" {
				continue
			}
			if err := t.show(h, words...); err != nil {
				return err
			}
		}
	}
	return nil
}

// show runs a command of this program in the host's namespace.
func (t *tour) show(h *tourHost, words ...string) error {
	s := cli.NewSession(t.Program, nil, t.Stdout, t.Stderr)
	defer s.Close()
	rest, err := s.Options.Parse(words)
	if err != nil {
		return err
	}
	s.Configure()
	fmt.Fprintf(t.Stdout, "\n%s$ %s", h.name, t.Name)
	for _, w := range words {
		fmt.Fprint(t.Stdout, " ", w)
	}
	fmt.Fprintln(t.Stdout)
	return netns.Do(h.ns, func() error {
		if code := s.Report(s.Do(rest)); code != 0 {
			return cli.Exit(code, "")
		}
		return nil
	})
}

func (t *tour) draw() error {
	fmt.Fprintln(t.Stdout)
	t.say("How it hangs together:\n")
	var sources []topo.Source
	for _, h := range t.hosts {
		sources = append(sources, topo.Source{Name: h.name, NS: h.ns})
	}
	return topo.Collect(sources).Text(t.Stdout)
}
