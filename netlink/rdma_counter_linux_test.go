package netlink

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

// rdmaFake is a kernel with a device that counts. It notes what it is sent as cmd/kern/internal/rdma/testdata/rdma.txt
// has what rdma sends: the type of the message, and its attributes.
type rdmaFake struct {
	sent []string
}

func (f *rdmaFake) answer(req []byte) []nltest.Datagram {
	typ, dump := native.Uint16(req[4:]), native.Uint16(req[6:])&uapi.NLM_F_DUMP == uapi.NLM_F_DUMP
	attrs := map[uint16][]byte{}
	var words []string
	d := wire.NewDecoder(req[uapi.SizeofNlmsghdr:])
	for d.Next() {
		attrs[d.Type()] = d.Data()
		words = append(words, fmt.Sprintf("%d=%x", d.Type(), d.Data()))
	}
	slices.Sort(words)
	f.sent = append(f.sent, strings.Join(append([]string{fmt.Sprint(typ)}, words...), " "))
	about := func(e *wire.Encoder) {
		e.Uint32(uapi.RDMA_NLDEV_ATTR_DEV_INDEX, 4)
		e.String(uapi.RDMA_NLDEV_ATTR_DEV_NAME, "mlx5_0")
		e.Uint32(uapi.RDMA_NLDEV_ATTR_PORT_INDEX, 1)
	}
	reply := attributesOf(func(e *wire.Encoder) {
		about(e)
		switch cmd := typ & 0x3ff; {
		case cmd == uapi.RDMA_NLDEV_CMD_STAT_GET_STATUS:
			e.Nest(uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTERS)
			for i, name := range []string{"rx_write_requests", "cc_rx_ce_pkts", "cc_tx_cnp_pkts"} {
				e.Nest(uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY)
				e.String(uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY_NAME, name)
				e.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_INDEX, uint32(39+i))
				if i > 0 {
					e.Uint8(uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_DYNAMIC, uint8(i-1))
				}
				e.End()
			}
			e.End()
		case cmd == uapi.RDMA_NLDEV_CMD_FRMR_POOLS_GET:
			e.Nest(uapi.RDMA_NLDEV_ATTR_FRMR_POOLS)
			e.Nest(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_ENTRY)
			e.Nest(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY)
			e.Uint8(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_ATS, 1)
			e.Uint32(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_ACCESS_FLAGS, 0x1f)
			e.Uint64(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_VENDOR_KEY, 0xabc)
			e.Uint64(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_NUM_DMA_BLOCKS, 512)
			e.Uint64(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_KEY_KERNEL_VENDOR_KEY, 6)
			e.End()
			e.Uint32(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_QUEUE_HANDLES, 5)
			e.Uint64(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_IN_USE, 2)
			e.Uint64(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_MAX_IN_USE, 1<<34)
			e.Uint32(uapi.RDMA_NLDEV_ATTR_FRMR_POOL_PINNED_HANDLES, 16)
			e.End()
			e.End()
		case cmd == uapi.RDMA_NLDEV_CMD_RES_QP_GET_RAW:
			e.Data(uapi.RDMA_NLDEV_ATTR_RES_RAW, []byte("driver"))
		case cmd == uapi.RDMA_NLDEV_CMD_STAT_SET && attrs[uapi.RDMA_NLDEV_ATTR_RES_LQPN] != nil:
			e.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_COUNTER_ID, 9)
			e.Data(uapi.RDMA_NLDEV_ATTR_RES_LQPN, attrs[uapi.RDMA_NLDEV_ATTR_RES_LQPN])
		case cmd != uapi.RDMA_NLDEV_CMD_STAT_GET:
		case attrs[uapi.RDMA_NLDEV_ATTR_STAT_MODE] != nil:
			e.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_MODE, uapi.RDMA_COUNTER_MODE_AUTO)
			e.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_AUTO_MODE_MASK, uapi.RDMA_COUNTER_MASK_PID)
			e.Uint8(uapi.RDMA_NLDEV_ATTR_STAT_OPCOUNTER_ENABLED, 1)
		case dump:
			e.Nest(uapi.RDMA_NLDEV_ATTR_STAT_COUNTER)
			e.Nest(uapi.RDMA_NLDEV_ATTR_STAT_COUNTER_ENTRY)
			rdmaFakeCounter(e)
			e.End()
			e.End()
		default:
			rdmaFakeCounter(e)
		}
	})
	all := []nltest.Datagram{{Data: nltest.Message(req, typ, 0, reply)}}
	switch {
	case dump:
		return []nltest.Datagram{{Data: nltest.Message(req, typ, uapi.NLM_F_MULTI, reply)}, {Data: nltest.Done(req, 0, 0)}}
	case native.Uint16(req[6:])&uapi.NLM_F_ACK != 0:
		return append(all, nltest.Datagram{Data: nltest.Ack(req, 0, nil)})
	}
	return all
}

// rdmaFakeCounter is a counter as fill_res_counter_entry of drivers/infiniband/core/nldev.c has it.
func rdmaFakeCounter(e *wire.Encoder) {
	e.Uint32(uapi.RDMA_NLDEV_ATTR_PORT_INDEX, 1)
	e.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_COUNTER_ID, 4)
	e.Uint32(uapi.RDMA_NLDEV_ATTR_STAT_MODE, uapi.RDMA_COUNTER_MODE_AUTO)
	e.Uint8(uapi.RDMA_NLDEV_ATTR_RES_TYPE, 2)
	e.Uint32(uapi.RDMA_NLDEV_ATTR_RES_PID, 77)
	e.Nest(uapi.RDMA_NLDEV_ATTR_RES_QP)
	for _, n := range []uint32{178, 179} {
		e.Nest(uapi.RDMA_NLDEV_ATTR_RES_QP_ENTRY)
		e.Uint32(uapi.RDMA_NLDEV_ATTR_RES_LQPN, n)
		e.End()
	}
	e.End()
	e.Nest(uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTERS)
	e.Nest(uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY)
	e.String(uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY_NAME, "rx_write_requests")
	e.Uint64(uapi.RDMA_NLDEV_ATTR_STAT_HWCOUNTER_ENTRY_VALUE, 1<<40)
	e.End()
	e.End()
}

// Each is sent as rdma of iproute2 7.3 sends it.
func TestRdmaCountersAndPools(t *testing.T) {
	if native.Uint16([]byte{1, 0}) != 1 {
		t.Skip("what rdma sent was recorded on a little-endian machine")
	}
	f := &rdmaFake{}
	h := fakeHandle(t, f.answer)
	link := &RdmaLink{Attrs: RdmaLinkAttrs{Index: 4, Name: "mlx5_0", NumPorts: 2}}
	counter := RdmaCounter{ID: 4, DeviceIndex: 4, DeviceName: "mlx5_0", Port: 1, Auto: true, Kind: new(uint8(2)), PID: 77,
		QueuePairs: []uint32{178, 179}, Statistics: map[string]uint64{"rx_write_requests": 1 << 40}}
	key := RdmaPoolKey{VendorKey: 0xabc, DMABlocks: 512, AccessFlags: 0x1f, ATS: true}
	for _, c := range []struct {
		what string
		do   func() (any, error)
		want any
		sent []string
	}{
		{"stat qp", func() (any, error) { return collect(h.RdmaCounterSeq(link, 1)) }, []RdmaCounter{counter},
			[]string{"5137 1=04000000 3=01000000 75=13000000"}},
		{"stat qp cntn", func() (any, error) { return h.RdmaCounterGet(link, 1, 4) }, counter,
			[]string{"5137 1=04000000 3=01000000 75=13000000 79=04000000"}},
		{"stat qp bind", func() (any, error) { return h.RdmaCounterBind(link, 1, 178, nil) }, uint32(9),
			[]string{"5136 1=04000000 21=b2000000 3=01000000 74=02000000 75=13000000"}},
		{"stat qp bind cntn", func() (any, error) { return h.RdmaCounterBind(link, 2, 178, new(uint32(4))) }, uint32(9),
			[]string{"5136 1=04000000 21=b2000000 3=02000000 74=02000000 75=13000000 79=04000000"}},
		{"stat qp unbind", func() (any, error) { return nil, h.RdmaCounterUnbind(link, 1, 178, 4) }, nil,
			[]string{"5138 1=04000000 21=b2000000 3=01000000 74=02000000 75=13000000 79=04000000"}},
		{"stat qp mode", func() (any, error) { return h.RdmaCounterModeGet(link, 1) },
			RdmaCounterMode{ByPID: true, Optional: true}, []string{"5137 1=04000000 3=01000000 74=02000000 75=13000000"}},
		{"stat qp set auto type,pid on optional-counters on", func() (any, error) {
			return nil, h.RdmaCounterModeSet(link, 1, RdmaCounterMode{ByType: true, ByPID: true, Optional: true})
		}, nil, []string{"5136 104=01 1=04000000 3=01000000 74=01000000 75=13000000 76=03000000"}},
		{"stat qp set auto off", func() (any, error) { return nil, h.RdmaCounterModeSet(link, 1, RdmaCounterMode{}) }, nil,
			[]string{"5136 1=04000000 3=01000000 74=01000000 75=13000000 76=00000000"}},
		{"stat mode supported", func() (any, error) { return h.RdmaOptionalCounterList(link, 1) },
			[]RdmaOptionalCounter{{"cc_rx_ce_pkts", 40, false}, {"cc_tx_cnp_pkts", 41, true}},
			[]string{"5144 1=04000000 3=01000000"}},
		{"stat set", func() (any, error) {
			return nil,
				h.RdmaOptionalCounterSet(link, 1, "cc_rx_ce_pkts", "cc_tx_cnp_pkts")
		}, nil,
			[]string{"5144 1=04000000 3=01000000", "5136 1=04000000 3=01000000 80=08005e002800000008005e0029000000"}},
		{"stat unset", func() (any, error) { return nil, h.RdmaOptionalCounterSet(link, 1) }, nil,
			[]string{"5136 1=04000000 3=01000000 80="}},
		{"res show frmr_pools", func() (any, error) { return collect(h.RdmaPoolSeq(link)) }, []RdmaPool{{
			DeviceIndex: 4, DeviceName: "mlx5_0", Key: key, KernelVendorKey: 6, QueueHandles: 5, InUse: 2,
			MaxInUse: 1 << 34, PinnedHandles: 16}}, []string{"5149 1=04000000"}},
		{"res set frmr_pools aging", func() (any, error) { return nil, h.RdmaPoolSetAging(link, 60) }, nil,
			[]string{"5150 115=3c000000 1=04000000"}},
		{"res set frmr_pools pinned", func() (any, error) { return nil, h.RdmaPoolSetPinned(link, key, 16) }, nil,
			[]string{"5150 107=05006c000100000008006d001f0000000c006e00bc0a0000000000000c006f000002000000000000 " +
				"116=10000000 1=04000000"}},
		{"-r res show qp", func() (any, error) { return h.RdmaObjectRaw(link, RdmaQP, 178) }, []byte("driver"), nil},
	} {
		f.sent = nil
		got, err := c.do()
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v, %v, want %+v", c.what, got, err, c.want)
		}
		if c.sent != nil && !slices.Equal(f.sent, c.sent) {
			t.Errorf("%s:\nsent %q\nrdma %q", c.what, f.sent, c.sent)
		}
	}
	for what, err := range map[string]error{
		"no such counter": h.RdmaOptionalCounterSet(link, 1, "nope"),
		"no device":       h.RdmaCounterModeSet(nil, 1, RdmaCounterMode{}),
		"no device's":     h.RdmaPoolSetAging(nil, 1),
	} {
		if err == nil {
			t.Error(what)
		}
	}
	if _, err := h.RdmaObjectRaw(link, RdmaPD, 1); err == nil {
		t.Error("protection domains have no raw form")
	}
	refusing := fakeHandle(t, func(req []byte) []nltest.Datagram {
		return []nltest.Datagram{{Data: nltest.Ack(req, int32(syscall.EINVAL), nil)}}
	})
	if _, err := refusing.RdmaCounterBind(link, 1, 178, nil); err == nil {
		t.Error("a refusal is nothing")
	}
}
