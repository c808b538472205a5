package main

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"syscall"

	peer "github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/wire"
)

// States need ESP and its cryptography, policies only xfrm itself.

var statesAdd = workload{
	name: "xfrm/add-states", title: "add states of IPsec, many at once, and know of each whether it went well",
	each: "state", objects: 10_000,
	goals: []goal{{row: kern, of: floor, times: 1.15}},
	setup: needESP, after: checkXfrm(uapi.XFRM_MSG_GETSA, uapi.XFRM_MSG_FLUSHSA),
	contenders: []contender{
		{floor, floorBatches(unix.NETLINK_XFRM, rawState)},
		{kern, kernBatches(kernState, func(b *netlink.Batch, s *netlink.XfrmState) error { return b.XfrmStateAdd(s) })},
		{vishvananda + ", a call each", xfrmEach(peerState,
			func(h *peer.Handle, s *peer.XfrmState) error { return h.XfrmStateAdd(s) })},
		{iproute2, ipBatch(func(_ *world, i int) string {
			return fmt.Sprintf("xfrm state add src %v dst %v proto esp spi %d mode tunnel aead %s 0x%x 128", gateway,
				filterHost(i), i+firstSPI, aead, aeadKey)
		})},
	},
}

var policiesAdd = workload{
	name: "xfrm/add-policies", title: "add policies of IPsec, many at once, and know of each whether it went well",
	each: "policy", objects: 10_000,
	goals: []goal{{row: kern, of: floor, times: 1.15}},
	after: checkXfrm(uapi.XFRM_MSG_GETPOLICY, uapi.XFRM_MSG_FLUSHPOLICY),
	contenders: []contender{
		{floor, floorBatches(unix.NETLINK_XFRM, rawPolicy)},
		{kern, kernBatches(kernPolicy, func(b *netlink.Batch, p *netlink.XfrmPolicy) error { return b.XfrmPolicyAdd(p) })},
		{vishvananda + ", a call each", xfrmEach(peerPolicy,
			func(h *peer.Handle, p *peer.XfrmPolicy) error { return h.XfrmPolicyAdd(p) })},
		{iproute2, ipBatch(func(_ *world, i int) string {
			return fmt.Sprintf("xfrm policy add dst %v/32 dir out tmpl src %v dst %v proto esp mode tunnel", filterHost(i),
				gateway, filterHost(i))
		})},
	},
}

const (
	firstSPI = 0x1000
	aead     = "rfc4106(gcm(aes))"
	aeadICV  = 128
)

var aeadKey = []byte("0123456789abcdefsalt")

func xfrmEach[T any](one func(*world, int) T, add func(*peer.Handle, T) error) func(*world) (op, error) {
	return func(w *world) (op, error) {
		h, err := peer.NewHandle(unix.NETLINK_XFRM)
		if err != nil {
			return nil, err
		}
		w.onClose(h.Close)
		all := each(w, one)
		return repeat(w, func(i int) error { return add(h, all[i]) }), nil
	}
}

// needESP finds out whether the kernel has ESP and the algorithm.
func needESP(w *world) error {
	h, err := netlink.NewHandle(uapi.NETLINK_XFRM)
	if err != nil {
		return lacking(err)
	}
	defer h.Close()
	s := kernState(w, 0)
	if err := lacking(h.XfrmStateAdd(s)); err != nil {
		return err
	}
	return h.XfrmStateDel(s)
}

// checkXfrm counts what was added, and deletes it.
func checkXfrm(get, flush int) func(*world) error {
	return func(w *world) error {
		s, err := openRawOf(w, unix.NETLINK_XFRM, false)
		if err != nil {
			return err
		}
		defer w.closeLast()
		n, err := s.dump(message(get, uapi.NLM_F_DUMP, 0, nothing{}))
		if err == nil && n != w.n {
			err = fmt.Errorf("the kernel has %d, want %d", n, w.n)
		}
		size := 0
		if flush == uapi.XFRM_MSG_FLUSHSA {
			size = uapi.SizeofXfrmUsersaFlush
		}
		gone := s.exchange(message(flush, uapi.NLM_F_ACK, size, nothing{}))
		if errors.Is(gone, syscall.ESRCH) {
			gone = nil
		}
		return join(err, gone)
	}
}

// nothing is a structure of zeros.
type nothing struct{}

func (nothing) Put([]byte) {}

func kernState(_ *world, i int) *netlink.XfrmState {
	return &netlink.XfrmState{Src: gateway.AsSlice(), Dst: filterHost(i).AsSlice(), Proto: netlink.XFRM_PROTO_ESP,
		Mode: netlink.XFRM_MODE_TUNNEL, Spi: i + firstSPI,
		Aead: &netlink.XfrmStateAlgo{Name: aead, Key: aeadKey, ICVLen: aeadICV}}
}

func peerState(_ *world, i int) *peer.XfrmState {
	return &peer.XfrmState{Src: gateway.AsSlice(), Dst: filterHost(i).AsSlice(), Proto: peer.XFRM_PROTO_ESP,
		Mode: peer.XFRM_MODE_TUNNEL, Spi: i + firstSPI,
		Aead: &peer.XfrmStateAlgo{Name: aead, Key: aeadKey, ICVLen: aeadICV}}
}

func kernPolicy(_ *world, i int) *netlink.XfrmPolicy {
	return &netlink.XfrmPolicy{Dst: ipNet(netip.PrefixFrom(filterHost(i), 32)), Dir: netlink.XFRM_DIR_OUT,
		Tmpls: []netlink.XfrmPolicyTmpl{{
			Src: gateway.AsSlice(), Dst: filterHost(i).AsSlice(), Proto: netlink.XFRM_PROTO_ESP,
			Mode: netlink.XFRM_MODE_TUNNEL}}}
}

func peerPolicy(_ *world, i int) *peer.XfrmPolicy {
	return &peer.XfrmPolicy{Dst: ipNet(netip.PrefixFrom(filterHost(i), 32)), Dir: peer.XFRM_DIR_OUT,
		Tmpls: []peer.XfrmPolicyTmpl{{
			Src: gateway.AsSlice(), Dst: filterHost(i).AsSlice(), Proto: peer.XFRM_PROTO_ESP, Mode: peer.XFRM_MODE_TUNNEL}}}
}

// forEver are limits that nobody set.
func forEver() uapi.XfrmLifetimeCfg {
	return uapi.XfrmLifetimeCfg{SoftByteLimit: math.MaxUint64, HardByteLimit: math.MaxUint64,
		SoftPacketLimit: math.MaxUint64, HardPacketLimit: math.MaxUint64}
}

func xfrmAddr(a netip.Addr) (b uapi.XfrmAddress) {
	copy(b[:], a.AsSlice())
	return b
}

func rawState(_ *world, i int) []byte {
	m := uapi.XfrmUsersaInfo{Saddr: xfrmAddr(gateway), Lft: forEver(), Family: unix.AF_INET, Mode: uapi.XFRM_MODE_TUNNEL,
		Id: uapi.XfrmId{Daddr: xfrmAddr(filterHost(i)), Spi: uint32(i + firstSPI), Proto: unix.IPPROTO_ESP}}
	return message(uapi.XFRM_MSG_NEWSA, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, uapi.SizeofXfrmUsersaInfo, &m,
		func(e *wire.Encoder) {
			b := e.Reserve(uapi.XFRMA_ALG_AEAD, uapi.SizeofXfrmAlgoAead+len(aeadKey))
			algo := uapi.XfrmAlgoAead{KeyLen: uint32(8 * len(aeadKey)), IcvLen: aeadICV}
			copy(algo.Name[:], aead)
			algo.Put(b)
			copy(b[uapi.SizeofXfrmAlgoAead:], aeadKey)
		})
}

func rawPolicy(_ *world, i int) []byte {
	m := uapi.XfrmUserpolicyInfo{Lft: forEver(), Dir: uapi.XFRM_POLICY_OUT,
		Sel: uapi.XfrmSelector{Daddr: xfrmAddr(filterHost(i)), Family: unix.AF_INET, PrefixlenD: 32}}
	t := uapi.XfrmUserTmpl{Id: uapi.XfrmId{Daddr: xfrmAddr(filterHost(i)), Proto: unix.IPPROTO_ESP},
		Saddr: xfrmAddr(gateway), Family: unix.AF_INET, Mode: uapi.XFRM_MODE_TUNNEL,
		Aalgos: math.MaxUint32, Ealgos: math.MaxUint32, Calgos: math.MaxUint32}
	return message(uapi.XFRM_MSG_NEWPOLICY, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, uapi.SizeofXfrmUserpolicyInfo, &m,
		func(e *wire.Encoder) { t.Put(e.Reserve(uapi.XFRMA_TMPL, uapi.SizeofXfrmUserTmpl)) })
}
