package ip

import (
	"encoding/hex"
	"fmt"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func tcpMetricsUsage() string {
	return `
tcp_metrics { show | list | lst | flush } SELECTOR
tcp_metrics { delete | remove } [ address ] ADDRESS [ source ADDRESS ]
SELECTOR := [ [ address | addr ] PREFIX ] [ { source | src } PREFIX ]
`
}

var tcpMetricsFamily = cli.GenlFamily{Name: uapi.TCP_METRICS_GENL_NAME, Version: uapi.TCP_METRICS_GENL_VERSION}

// runTCPMetrics is about what the kernel remembers of TCP connections that have ended, for those to come.
func runTCPMetrics(c *cli.Command) error {
	c.Object = "tcp_metrics"
	return c.Choose(showTCPMetrics,
		cli.Verb{Name: "list", Run: showTCPMetrics},
		cli.Verb{Name: "lst", Run: showTCPMetrics},
		cli.Verb{Name: "show", Run: showTCPMetrics},
		cli.Verb{Name: "delete", Run: deleteTCPMetrics},
		cli.Verb{Name: "remove", Run: deleteTCPMetrics},
		cli.Verb{Name: "flush", Run: flushTCPMetrics},
	)
}

// tcpMetricsFilter selects entries by the peer's address and this host's.
type tcpMetricsFilter struct {
	family      int
	dst, source choice[cli.Prefix]
}

// whole reports whether the prefix is one address.
func whole(p choice[cli.Prefix]) bool {
	return p.given && !p.value.IsAny() && p.value.Bits == p.value.Addr.BitLen()
}

// nextTCPMetricsFilter reads a selector; one address of the peer is due where specific says so.
func nextTCPMetricsFilter(c *cli.Command, specific bool) (f tcpMetricsFilter, err error) {
	switch f.family = c.Family; f.family {
	case uapi.AF_UNSPEC, uapi.AF_INET, uapi.AF_INET6:
	default:
		return f, cli.Exit(cli.StatusUsage, "Unsupported protocol family: %d", f.family)
	}
	for c.More() {
		name, into, one := "address", &f.dst, specific
		switch {
		case c.Take("src", "source"):
			name, into, one = c.Last(), &f.source, true
		case c.Take("addr", "address"):
			name = c.Last()
		}
		if c.HelpAsked() {
			return f, c.ShowUsage()
		}
		word, err := c.Next()
		switch {
		case err != nil:
			return f, err
		case into.given:
			return f, desc.Garbage(name, word)
		}
		p, err := cli.ParsePrefix(word, f.family)
		if err != nil {
			return f, err
		}
		into.set(p)
		if one && !whole(*into) {
			return f, cli.Exit(cli.StatusFailed, "Error: a specific IP address is expected rather than %q", word)
		}
	}
	if specific && !f.dst.given {
		return f, cli.Exit(cli.StatusUsage, "Error: argument %q is required", "address")
	}
	return f, nil
}

// put asks for the entries of the addresses.
func (f *tcpMetricsFilter) put(r *wire.Request) {
	for _, a := range []struct {
		prefix choice[cli.Prefix]
		v4, v6 uint16
	}{
		{f.dst, uapi.TCP_METRICS_ATTR_ADDR_IPV4, uapi.TCP_METRICS_ATTR_ADDR_IPV6},
		{f.source, uapi.TCP_METRICS_ATTR_SADDR_IPV4, uapi.TCP_METRICS_ATTR_SADDR_IPV6},
	} {
		switch {
		case !whole(a.prefix):
		case a.prefix.value.Addr.Is4():
			r.Addr(a.v4, a.prefix.value.Addr)
		default:
			r.Addr(a.v6, a.prefix.value.Addr)
		}
	}
}

func (f *tcpMetricsFilter) allows(attrs desc.Attrs) bool {
	family, dst := tcpMetricsAddr(attrs, uapi.TCP_METRICS_ATTR_ADDR_IPV4, uapi.TCP_METRICS_ATTR_ADDR_IPV6)
	_, source := tcpMetricsAddr(attrs, uapi.TCP_METRICS_ATTR_SADDR_IPV4, uapi.TCP_METRICS_ATTR_SADDR_IPV6)
	within := func(p choice[cli.Prefix], addr []byte) bool {
		return !p.given || addr == nil || p.value.Contains(addr)
	}
	return dst != nil && (f.family == uapi.AF_UNSPEC || f.family == family) && within(f.dst, dst) &&
		within(f.source, source)
}

// tcpMetricsAddr returns the address that an entry has in one of two attributes.
func tcpMetricsAddr(attrs desc.Attrs, v4, v6 uint16) (family int, addr []byte) {
	if b, ok := attrs[v4]; ok {
		return uapi.AF_INET, b
	}
	return uapi.AF_INET6, attrs[v6]
}

func showTCPMetrics(c *cli.Command) error {
	f, err := nextTCPMetricsFilter(c, false)
	if err != nil {
		return err
	}
	r, err := c.GenlRequest(tcpMetricsFamily, uapi.TCP_METRICS_CMD_GET)
	if err != nil {
		return err
	}
	show := func(m wire.Message) error {
		if attrs := cli.GenlAttrs(m); f.allows(attrs) {
			showTCPMetric(c.Out, attrs, false)
		}
		return c.Spill()
	}
	if !whole(f.dst) {
		return c.Array(func() error { return Terminated(c, "Dump", cli.StatusUsage, c.Dump(r, show)) })
	}
	f.put(r)
	m, err := c.Get(r)
	if err != nil {
		return err
	}
	return c.Array(func() error { return show(m) })
}

func deleteTCPMetrics(c *cli.Command) error {
	f, err := nextTCPMetricsFilter(c, true)
	if err != nil {
		return err
	}
	return f.delete(c)
}

// delete deletes the entries of the peer's address, or all.
func (f *tcpMetricsFilter) delete(c *cli.Command) error {
	r, err := c.GenlRequest(tcpMetricsFamily, uapi.TCP_METRICS_CMD_DEL)
	if err != nil {
		return err
	}
	f.put(r)
	return c.Exec(r)
}

func flushTCPMetrics(c *cli.Command) (err error) {
	f, err := nextTCPMetricsFilter(c, false)
	if err != nil {
		return err
	}
	all := f.dst.value.Bits == 0 && f.source.value.Bits == 0 && f.family == uapi.AF_UNSPEC
	if whole(f.dst) || all {
		return f.delete(c)
	}
	none := c.Stats == 0 // nothing was found, and flushRounds will not say so
	defer func() {
		if none && err == nil {
			fmt.Fprintln(c.Stderr, "Nothing to flush.")
		}
	}()
	return flushRounds(c, func() ([]*wire.Request, error) {
		r, err := c.GenlRequest(tcpMetricsFamily, uapi.TCP_METRICS_CMD_GET)
		if err != nil {
			return nil, err
		}
		var deletes []*wire.Request
		all, err := c.List(r)
		for _, m := range all {
			attrs := cli.GenlAttrs(m)
			if !f.allows(attrs) {
				continue
			}
			del, err := c.GenlRequest(tcpMetricsFamily, uapi.TCP_METRICS_CMD_DEL)
			if err != nil {
				return nil, err
			}
			for _, typ := range []uint16{
				uapi.TCP_METRICS_ATTR_ADDR_IPV4, uapi.TCP_METRICS_ATTR_ADDR_IPV6, uapi.TCP_METRICS_ATTR_SADDR_IPV4,
				uapi.TCP_METRICS_ATTR_SADDR_IPV6,
			} {
				if b, ok := attrs[typ]; ok {
					del.Data(typ, b)
				}
			}
			deletes, none = append(deletes, del), false
			if c.Stats > 1 {
				showTCPMetric(c.Out, attrs, true)
			}
		}
		return deletes, Terminated(c, "Flush", cli.StatusUsage, err)
	})
}

func showTCPMetric(p *desc.Printer, attrs desc.Attrs, deleted bool) {
	p.Object("")
	if deleted {
		p.Bool("deleted", "Deleted ", true)
	}
	family, dst := tcpMetricsAddr(attrs, uapi.TCP_METRICS_ATTR_ADDR_IPV4, uapi.TCP_METRICS_ATTR_ADDR_IPV6)
	p.ColorStr(desc.AddrColor(family), "dst", "%s", p.Addr(dst))
	if b := attrs[uapi.TCP_METRICS_ATTR_AGE]; len(b) >= 8 {
		p.Float("age", " age %.03fsec", float64(native.Uint64(b))/1000)
	}
	if b, ok := attrs[uapi.TCP_METRICS_ATTR_TW_TS_STAMP]; ok { // of kernels before 4.12
		p.Str("tw_ts_stamp", " tw_ts %s ago",
			fmt.Sprintf("%d/%d", cli.Number32(attrs[uapi.TCP_METRICS_ATTR_TW_TSVAL]), int32(cli.Number32(b))))
	}
	if b, ok := attrs[uapi.TCP_METRICS_ATTR_VALS]; ok {
		showTCPMetricValues(p, desc.ParseAttrs(b))
	}
	if b, ok := attrs[uapi.TCP_METRICS_ATTR_FOPEN_MSS]; ok {
		p.Uint("fopen_miss", " fo_mss %d", uint64(cli.Number16(b)))
	}
	if b, ok := attrs[uapi.TCP_METRICS_ATTR_FOPEN_SYN_DROPS]; ok {
		p.Uint("fopen_syn_drops", " fo_syn_drops %d", uint64(cli.Number16(b)))
		var ago float64
		if ts := attrs[uapi.TCP_METRICS_ATTR_FOPEN_SYN_DROP_TS]; len(ts) >= 8 {
			ago = float64(native.Uint64(ts)) / 1000000
		}
		p.Float("fopen_syn_drop_ts", "/%.03fusec ago", ago)
	}
	if b, ok := attrs[uapi.TCP_METRICS_ATTR_FOPEN_COOKIE]; ok {
		p.Str("fo_cookie", " fo_cookie %s", hex.EncodeToString(b))
	}
	if _, source := tcpMetricsAddr(attrs, uapi.TCP_METRICS_ATTR_SADDR_IPV4,
		uapi.TCP_METRICS_ATTR_SADDR_IPV6); source != nil {
		p.Str("source", " source %s", p.Addr(source))
	}
	ShowUnknown(p, " %s", attrs, uapi.TCP_METRICS_ATTR_MAX)
	p.Text("\n")
	p.EndObject()
}

// showTCPMetricValues prints the values in the order of their numbers, and the times last. Those of newer kernels are
// in microseconds, of older ones in milliseconds.
func showTCPMetricValues(p *desc.Printer, values desc.Attrs) {
	for _, v := range []struct {
		typ  uint16
		name string
	}{
		{uapi.TCP_METRICS_A_METRICS_SSTHRESH, "ssthresh"}, {uapi.TCP_METRICS_A_METRICS_CWND, "cwnd"},
		{uapi.TCP_METRICS_A_METRICS_REODERING, "reordering"},
	} {
		if b, ok := values[v.typ]; ok {
			p.Uint(v.name, " "+v.name+" %d", uint64(cli.Number32(b)))
		}
	}
	for _, v := range []struct {
		us, ms uint16
		shift  int
		name   string
	}{
		{uapi.TCP_METRICS_A_METRICS_RTT_US, uapi.TCP_METRICS_A_METRICS_RTT, 3, "rtt"},
		{uapi.TCP_METRICS_A_METRICS_RTTVAR_US, uapi.TCP_METRICS_A_METRICS_RTTVAR, 2, "rttvar"},
	} {
		us := uint64(cli.Number32(values[v.us])) >> v.shift
		if _, ok := values[v.us]; !ok {
			us = uint64(cli.Number32(values[v.ms])) * 1000 >> v.shift
		}
		if us != 0 {
			p.Text(" %s %dus", v.name, us)
			p.Float(v.name, "", float64(us)/1e6)
		}
	}
	ShowUnknown(p, " %s", values, uapi.TCP_METRICS_A_METRICS_MAX)
}
