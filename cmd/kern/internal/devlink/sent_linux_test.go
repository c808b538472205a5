package devlink

import (
	"encoding/hex"
	"fmt"
	"maps"
	"math/bits"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/wire"
	"kern.sys/unix"
)

// sentLines are commands with all words. Whether the simulated device takes them is of no interest.
var sentLines = []string{
	"dev", "dev show DEV", "dev eswitch show DEV",
	"dev eswitch set DEV mode switchdev inline-mode transport encap-mode basic",
	"dev eswitch set DEV encap enable", "dev eswitch set DEV inline-mode network encap-mode none mode legacy",
	"dev param show DEV", "dev param show DEV name test2", "dev param set DEV name test2 value 6 cmode runtime",
	"dev param set DEV name test2 value 1234 cmode runtime", "dev param set DEV name test2 default cmode runtime",
	"dev param set DEV name test1 value 0 cmode driverinit", "dev param set DEV name test1 value enable cmode driverinit",
	"dev reload DEV action fw_activate limit no_reset", "dev info DEV",
	"dev selftests run DEV id flash", "dev selftests show DEV",
	"port show DEV", "port show DEV/1", "port show eth0", "port set DEV/0 type ib", "port set eth0 type auto",
	"port split DEV/1 count 4",
	"port unsplit eth0", "port param set DEV/0 name x value y cmode permanent", "port param show DEV/0 name x",
	"port function set DEV/1 hw_addr 00:11:22:33:44:55 state active", "port function set eth0 roce disable",
	"port function set eth0 migratable enable ipsec_crypto true ipsec_packet 0 max_io_eqs 24",
	"port add DEV flavour pcisf pfnum 1 sfnum 88 controller 2", "port add DEV/7 flavour pcipf pfnum 3", "port del DEV/7",
	"port function rate show DEV/node", "port function rate del DEV/node", "port function rate show DEV/3",
	"port function rate add DEV/node tx_share 1mbit tx_max 2gbps tx_priority 3 tx_weight 4 parent other",
	"port function rate set DEV/node tx_share 1mbit tx_max 2gbit noparent tc-bw 0:1 1:2 2:3 3:4 4:5 5:6 6:7 7:8",
	"port function rate set DEV/3 tx_priority 9", "port health show DEV/1 reporter x",
	"health show DEV", "health show DEV reporter x", "health recover DEV reporter dummy",
	"health recover eth0 reporter tx",
	"health diagnose DEV/1 reporter tx", "health test DEV reporter dummy", "health dump show DEV reporter x",
	"health dump clear DEV/1 reporter x",
	"health set DEV reporter dummy grace_period 20 burst_period 30 auto_recover true auto_dump disable",
	"region show DEV/dummy", "region show DEV", "region new DEV/dummy snapshot 9", "region del DEV/dummy snapshot 9",
	"region dump DEV/dummy snapshot 9", "region read DEV/dummy address 16 length 32",
	"region read DEV/dummy snapshot 9 address 18446744073709551615 length 1",
	"resource show DEV", "resource show DEV/1", "resource show scope port", "resource set DEV path IPv4/fib size 99",
	"trap set DEV trap blackhole_route action mirror", "trap set DEV name blackhole_route", "trap show DEV trap x",
	"trap group show DEV name l2_drops", "trap group set DEV group l2_drops action trap policer 2",
	"trap group set DEV group l2_drops nopolicer", "trap policer set DEV policer 2 rate 100 burst 64",
	"trap policer show DEV policer 2",
	"sb show DEV", "sb show DEV sb 3", "sb pool show DEV", "sb pool show DEV pool 1", "sb pool show DEV sb 2 pool 1",
	"sb pool set DEV sb 1 pool 2 size 3 thtype dynamic", "sb pool set DEV pool 2 size 3 thtype static",
	"sb port pool show eth0 pool 1", "sb port pool show DEV/1", "sb port pool set DEV/1 sb 1 pool 2 th 3",
	"sb tc bind show eth0", "sb tc bind show eth0 tc 1 type egress",
	"sb tc bind set DEV/1 sb 1 tc 2 type ingress pool 3 th 4", "sb occupancy show DEV", "sb occupancy show eth0 sb 1",
	"sb occupancy snapshot DEV", "sb occupancy clearmax DEV sb 4",
	"dpipe header show DEV", "dpipe table set DEV name x counters false",
	"dpipe table set DEV name x counters_enabled true",
	"lc show", "lc show DEV", "lc show DEV lc 1", "lc set DEV lc 1 type 16x100G", "lc set DEV lc 1 notype",
}

// What each command asks of the kernel is what devlink asks.
func TestSendsWhatDevlinkSends(t *testing.T) {
	needDevlink(t)
	s := &state{}
	s.onDevice(t, nstest.NewSimulated(), func(in func(string) []string) {
		clitest.SetUp(t, "link add mon type nlmon", "link set mon up")
		fd := tap(t)
		for _, line := range sentLines {
			sent := func(program func()) string {
				for _, param := range []string{"test1 default cmode driverinit", "test2 default cmode runtime"} {
					if !strings.HasPrefix(line, "dev param set") {
						break
					}
					clitest.Peer(t, in("dev param set DEV name "+param)...)
				}
				requests(t, fd)
				program()
				return requests(t, fd)
			}
			want := sent(func() { clitest.Peer(t, in(line)...) })
			if got := sent(func() { clitest.Kern(in(line)...) }); got != want || want == "" &&
				!strings.HasPrefix(line, "port show") {
				t.Errorf("%s\ndevlink sends\n%skern sends\n%s", line, want, got)
			}
		}
	})
}

// tap returns a socket that gets copies of the namespace's netlink messages.
func tap(t *testing.T) int {
	t.Helper()
	const everything = unix.ETH_P_ALL
	proto := bits.ReverseBytes16(everything)
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, int(proto))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	index, err := netlink.LinkIndex("mon")
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: proto, Ifindex: index})
	}
	if err != nil {
		t.Fatal(err)
	}
	return fd
}

// requests are those to devlink that were sent since the last call, one a line.
func requests(t *testing.T, fd int) string {
	t.Helper()
	var all strings.Builder
	buf := make([]byte, 1<<16)
	for {
		n, from, err := unix.Recvfrom(fd, buf, unix.MSG_DONTWAIT)
		if err == unix.EAGAIN {
			return all.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		ll, ok := from.(*unix.SockaddrLinklayer)
		if !ok || bits.ReverseBytes16(ll.Protocol) != uapi.NETLINK_GENERIC {
			continue
		}
		_ = wire.Messages(buf[:n], func(m wire.Message) error { // what else there is, is of no interest
			if m.Flags&uapi.NLM_F_REQUEST != 0 && m.Type != uapi.GENL_ID_CTRL {
				dump := m.Flags&uapi.NLM_F_DUMP == uapi.NLM_F_DUMP
				attrs := canonical(m.Data[uapi.SizeofGenlmsghdr:], true)
				if m.Data[0] == uapi.DEVLINK_CMD_PORT_GET && dump && attrs == "{}" {
					return nil // names of links, which devlink asks for when it needs one
				}
				fmt.Fprintf(&all, "  command %d dump %t %s\n", m.Data[0], dump, lookup(m.Data[0], attrs))
			}
			return nil
		})
	}
}

// lookup is what counts of a question that precedes an order: devlink sends the words of the order with it.
func lookup(cmd uint8, attrs string) string {
	switch cmd {
	case uapi.DEVLINK_CMD_PARAM_GET, uapi.DEVLINK_CMD_PORT_PARAM_GET, uapi.DEVLINK_CMD_RESOURCE_DUMP:
		return ofOrders.ReplaceAllString(attrs, "")
	}
	return attrs
}

var ofOrders = regexp.MustCompile(fmt.Sprintf(` 0*(%d|%d|%d)=\w*`, uapi.DEVLINK_ATTR_PARAM_VALUE_CMODE,
	uapi.DEVLINK_ATTR_PARAM_RESET_DEFAULT, uapi.DEVLINK_ATTR_RESOURCE_SIZE))

// canonical is attributes in the order of their types: those of nests too, of several of one type the last.
func canonical(b []byte, top bool) string {
	attrs := map[string]string{}
	d := wire.NewDecoder(b)
	for d.Next() {
		key, value := fmt.Sprintf("%03d", d.Type()), hex.EncodeToString(d.Data())
		switch {
		case !top:
		case d.Type() == uapi.DEVLINK_ATTR_RATE_TC_BWS:
			key += " " + canonical(d.Data(), false) // all of them count
			value = ""
		case d.Type() == uapi.DEVLINK_ATTR_PORT_FUNCTION, d.Type() == uapi.DEVLINK_ATTR_SELFTESTS:
			value = canonical(d.Data(), false)
		}
		attrs[key] = value
	}
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(attrs)) {
		parts = append(parts, key+"="+attrs[key])
	}
	return "{" + strings.Join(parts, " ") + "}"
}
