package rdma

import (
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// field is an attribute of objects.
type field struct {
	attr   uint16
	key    string // in JSON, in text and as the name of a filter
	form   form
	names  []string // of numbers
	detail bool     // is shown with -d only
}

// form is how an attribute is shown and compared.
type form struct {
	show    func(l *lister, f *field, a desc.Attrs) // nil: it is for filters
	has     func(w *filter, f *field, b []byte) bool
	numeric bool
}

var (
	decimal  = form{showDecimal, hasNumber, true}
	hex      = form{showHex, hasNumber, true}
	named    = form{show: showNamed, has: hasName}
	process  = form{showProcess, hasNumber, true}
	address  = form{show: showAddress, has: hasAddress}
	portOnly = form{has: hasPort, numeric: true}
)

func showDecimal(l *lister, f *field, a desc.Attrs) { showNumber(l.Out, a, f.attr, f.key) }

func hasNumber(w *filter, _ *field, b []byte) bool { return w.has(cli.Number(b)) }

// showHex shows a key: in JSON without what says that it is hexadecimal, as rdma has it.
func showHex(l *lister, f *field, a desc.Attrs) {
	b := a[f.attr]
	switch {
	case b == nil:
	case l.JSON:
		l.Out.Str(f.key, "", strconv.FormatUint(cli.Number(b), 16))
	default:
		l.Out.Text("%s %#x ", f.key, cli.Number(b))
	}
}

func (f *field) text(b []byte) string { return name(f.names, b, "UNKNOWN") }

func showNamed(l *lister, f *field, a desc.Attrs) {
	if b := a[f.attr]; b != nil {
		l.Out.Str(f.key, f.key+" %s ", f.text(b))
	}
}

func hasName(w *filter, f *field, b []byte) bool { return w.is(f.text(b)) }

// showProcess shows the process that has an object, or the part of the kernel.
func showProcess(l *lister, f *field, a desc.Attrs) {
	showNumber(l.Out, a, f.attr, f.key)
	showComm(l.Out, a)
}

// showComm shows the name of the process that has an object, or of the part of the kernel, which text has in brackets.
func showComm(p *desc.Printer, a desc.Attrs) {
	switch pid, kern := a[uapi.RDMA_NLDEV_ATTR_RES_PID], a[uapi.RDMA_NLDEV_ATTR_RES_KERN_NAME]; {
	case pid != nil:
		// A process that is not there any more has no name.
		if comm, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", cli.Number(pid))); err == nil {
			p.Str("comm", "comm %s ", strings.TrimSuffix(string(comm), "\n"))
		}
	case kern != nil:
		p.Str("comm", "comm [%s] ", cli.Text(kern))
	}
}

// socketAddress reads a struct sockaddr_in or sockaddr_in6.
func socketAddress(b []byte) (a netip.AddrPort, ok bool) {
	const portAt, addr4At, addr6At = 2, 4, 8
	if len(b) < addr6At+16 {
		return a, false
	}
	port := uint16(b[portAt])<<8 | uint16(b[portAt+1])
	switch cli.Number(b[:2]) {
	case uapi.AF_INET:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[addr4At:])), port), true
	case uapi.AF_INET6:
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[addr6At:])), port), true
	}
	return a, false
}

func showAddress(l *lister, f *field, a desc.Attrs) {
	if addr, ok := socketAddress(a[f.attr]); ok {
		l.Out.Str(f.key, f.key+" %s ", fmt.Sprintf("%s:%d", desc.AddrText(addr.Addr()), addr.Port()))
	}
}

func hasAddress(w *filter, _ *field, b []byte) bool {
	a, ok := socketAddress(b)
	return ok && w.is(desc.AddrText(a.Addr()))
}

func hasPort(w *filter, _ *field, b []byte) bool {
	a, ok := socketAddress(b)
	return ok && w.has(uint64(a.Port()))
}

// hasQueuePair reports whether one of the queue pairs in a list is wanted.
func hasQueuePair(w *filter, _ *field, b []byte) bool { return len(queuePairRanges(w, b)) != 0 }

// showQueuePairs shows those of a list that are wanted.
func showQueuePairs(l *lister, f *field, a desc.Attrs) {
	ranges := queuePairRanges(l.wanted.find(f.key), a[f.attr])
	if len(ranges) == 0 {
		return
	}
	p := l.Out
	p.Text("%s ", f.key)
	p.Array(f.key)
	for i, r := range ranges {
		if i != 0 {
			p.Text(",")
		}
		p.Str("", "%s", r.String())
	}
	p.EndArray()
	p.Text(" ")
}

// queuePairRanges are the numbers in a list, and ranges of them. Of a range that is not wanted whole there are the
// parts that are.
func queuePairRanges(w *filter, b []byte) (all []numbers) {
	for a := range nests(b) {
		first, last := a[uapi.RDMA_NLDEV_ATTR_RES_LQPN], a[uapi.RDMA_NLDEV_ATTR_RES_LQPN]
		if first == nil {
			first, last = a[uapi.RDMA_NLDEV_ATTR_MIN_RANGE], a[uapi.RDMA_NLDEV_ATTR_MAX_RANGE]
		}
		if first == nil || last == nil {
			continue
		}
		of := numbers{cli.Number(first), cli.Number(last)}
		if w == nil {
			all = append(all, of)
		} else {
			all = append(all, w.within(of)...)
		}
	}
	return all
}

func (r numbers) String() string {
	if r.first == r.last {
		return strconv.FormatUint(r.first, 10)
	}
	return fmt.Sprintf("%d-%d", r.first, r.last)
}

// showPoolKey shows what identifies a pool, as pinning has it.
func showPoolKey(l *lister, f *field, a desc.Attrs) {
	if a[f.attr] != nil {
		l.Out.Str(f.key, "key %s ", fmt.Sprintf("%x:%x:%x:%d",
			cli.Number(a[uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_VENDOR_KEY]),
			cli.Number(a[uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_NUM_DMA_BLOCKS]),
			cli.Number(a[uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_ACCESS_FLAGS]),
			cli.Number(a[uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_ATS])))
	}
}

// showSubtype shows what a driver calls its own type of queue pairs.
func showSubtype(l *lister, f *field, a desc.Attrs) {
	if cli.Number(a[uapi.RDMA_NLDEV_ATTR_RES_TYPE]) == driverQP {
		showText(l.Out, a, f.attr, f.key)
	}
}

func showCQModeration(l *lister, _ *field, a desc.Attrs) { showModeration(l.Out, a) }

// portSpace is the name of what the numbers of ports are of. But for the oldest, a space is ipSpace and the number of
// an IP protocol (rdma_user_cm.h).
func portSpace(b []byte) string {
	const (
		ipoib   = 2 // RDMA_PS_IPOIB
		ipSpace = 0x100
		any     = 63 // an IP protocol of that network: RDMA_PS_IB is of no other
	)
	switch cli.Number(b) {
	case ipoib, ipSpace | any:
		return "IPoIB"
	case ipSpace | uapi.IPPROTO_TCP:
		return "TCP"
	case ipSpace | uapi.IPPROTO_UDP:
		return "UDP"
	}
	return "---"
}

func showPortSpace(l *lister, f *field, a desc.Attrs) {
	if b := a[f.attr]; b != nil {
		l.Out.Str(f.key, f.key+" %s ", portSpace(b))
	}
}

func hasPortSpace(w *filter, _ *field, b []byte) bool { return w.is(portSpace(b)) }
