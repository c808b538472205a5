package netlink

import (
	"fmt"
	"math"
	"net"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// key returns n bytes from first on.
func key(first byte, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = first + byte(i)
	}
	return b
}

func mustNet(t testing.TB, s string) *net.IPNet {
	t.Helper()
	n, err := ParseIPNet(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func aesGCMState(t testing.TB) *XfrmState {
	return &XfrmState{
		Src: net.IP{192, 0, 2, 1}, Dst: net.IP{192, 0, 2, 2}, Proto: XFRM_PROTO_ESP, Spi: 0x1234, Reqid: 7,
		Mode:         XFRM_MODE_TUNNEL,
		ReplayWindow: 64, ESN: true,
		Aead: &XfrmStateAlgo{Name: "rfc4106(gcm(aes))", Key: key(1, 20), ICVLen: 128},
		Selector: &XfrmPolicy{Src: mustNet(t, "10.1.0.0/16"), Dst: mustNet(t, "10.2.0.0/16"), Proto: uapi.IPPROTO_TCP,
			SrcPort: 80},
	}
}

func aesCBCState() *XfrmState {
	return &XfrmState{
		Src: net.ParseIP("2001:db8::1"), Dst: net.ParseIP("2001:db8::2"), Proto: XFRM_PROTO_ESP, Spi: 0x100,
		Auth:  &XfrmStateAlgo{Name: "hmac(sha256)", Key: key(0x21, 16), TruncateLen: 96},
		Crypt: &XfrmStateAlgo{Name: "cbc(aes)", Key: key(0x31, 16)},
		Mark:  &XfrmMark{Value: 5, Mask: 15}, Ifid: 9, OutputMark: &XfrmMark{Value: 0x20},
		Encap: &XfrmStateEncap{Type: XFRM_ENCAP_ESPINUDP, SrcPort: 4500, DstPort: 4501,
			OriginalAddress: net.ParseIP("2001:db8::9")},
		DontEncapDSCP: true,
		Limits:        XfrmStateLimits{ByteSoft: 1000, TimeHard: 60},
	}
}

func TestXfrmStateEncodesAsIpDoes(t *testing.T) {
	for name, c := range map[string]struct {
		state *XfrmState
		sent  string
	}{
		"esn in tunnel":          {aesGCMState(t), xfrmAesGCM},
		"udp, marks and a limit": {aesCBCState(), xfrmAesCBC},
	} {
		size := xfrmTail(uapi.SizeofXfrmUsersaInfo)
		b, err := encoded(func(r *wire.Request) { r.Fail(encodeXfrmState(r, c.state)) })
		if err != nil {
			t.Fatal(name, err)
		}
		want := capture.Xfrm(t, uapi.XFRM_MSG_NEWSA, c.sent)
		if size == uapi.SizeofXfrmUsersaInfo { // else the structure is another one
			if got, want := parts(t, b, size), parts(t, want, size); !slices.Equal(got, want) {
				t.Errorf("%s: sent\n%q, ip sends\n%q", name, got, want)
			}
		}
		got, err := decodeXfrmState(b)
		if err != nil {
			t.Fatal(name, err)
		}
		again, err := encoded(func(r *wire.Request) { r.Fail(encodeXfrmState(r, &got)) })
		if err != nil || !slices.Equal(parts(t, again, size), parts(t, b, size)) {
			t.Errorf("%s: read %v, which is sent as %q, %v", name, got, parts(t, again, size), err)
		}
	}
}

func TestXfrmStateDecodes(t *testing.T) {
	s, err := decodeXfrmState(capture.Xfrm(t, uapi.XFRM_MSG_NEWSA, xfrmAesGCM))
	if err != nil {
		t.Fatal(err)
	}
	want := aesGCMState(t)
	if !s.ESN || s.ReplayWindow != 64 || s.Flags != 0 {
		t.Errorf("ESN %v, window %d, flags %#x", s.ESN, s.ReplayWindow, s.Flags)
	}
	if !reflect.DeepEqual(s.Aead, want.Aead) || !s.Src.Equal(want.Src) || !s.Dst.Equal(want.Dst) || s.Spi != want.Spi ||
		s.Reqid != 7 {
		t.Errorf("got %v", s)
	}
	if sel := s.Selector; sel.Src.String() != "10.1.0.0/16" || sel.Dst.String() != "10.2.0.0/16" || sel.SrcPort != 80 ||
		sel.Proto != uapi.IPPROTO_TCP || sel.Family != FAMILY_V4 {
		t.Errorf("selector %v", sel)
	}
	if s.Limits.ByteHard != math.MaxUint64 || s.Limits.TimeHard != 0 {
		t.Errorf("limits %+v", s.Limits)
	}
	s, err = decodeXfrmState(capture.Xfrm(t, uapi.XFRM_MSG_NEWSA, xfrmAesCBC))
	if err != nil {
		t.Fatal(err)
	}
	want = aesCBCState()
	if !reflect.DeepEqual(s.Auth, want.Auth) || !reflect.DeepEqual(s.Crypt, want.Crypt) ||
		!reflect.DeepEqual(s.Mark, want.Mark) ||
		!reflect.DeepEqual(s.OutputMark, want.OutputMark) || !reflect.DeepEqual(s.Encap, want.Encap) || s.Ifid != 9 ||
		!s.DontEncapDSCP {
		t.Errorf("got %v", s)
	}
}

func TestXfrmPolicyEncodesAsIpDoes(t *testing.T) {
	p := &XfrmPolicy{
		Src: mustNet(t, "2001:db8:1::/64"), Dst: mustNet(t, "2001:db8:2::/64"), Proto: uapi.IPPROTO_UDP, DstPort: 53,
		Dir: XFRM_DIR_OUT, Priority: 100, Mark: &XfrmMark{1, 255}, Ifid: 3,
		Tmpls: []XfrmPolicyTmpl{
			{Src: net.ParseIP("2001:db8::1"), Dst: net.ParseIP("2001:db8::2"), Proto: XFRM_PROTO_ESP, Reqid: 7,
				Mode: XFRM_MODE_TUNNEL},
			{Proto: XFRM_PROTO_AH, Optional: 1},
		},
	}
	size := xfrmTail(uapi.SizeofXfrmUserpolicyInfo)
	b, err := encoded(func(r *wire.Request) { r.Fail(encodeXfrmPolicy(r, p)) })
	if err != nil {
		t.Fatal(err)
	}
	want := capture.Xfrm(t, uapi.XFRM_MSG_NEWPOLICY, xfrmTwoTmpls)
	if size == uapi.SizeofXfrmUserpolicyInfo {
		if got, want := parts(t, b, size), parts(t, want, size); !slices.Equal(got, want) {
			t.Errorf("sent\n%q, ip sends\n%q", got, want)
		}
	}
	got, err := decodeXfrmPolicy(b)
	if err != nil {
		t.Fatal(err)
	}
	if got.Family != FAMILY_V6 || got.DstPort != 53 || got.Dir != XFRM_DIR_OUT || got.Priority != 100 ||
		len(got.Tmpls) != 2 ||
		got.Tmpls[1].Family != FAMILY_V6 || got.Tmpls[1].Optional != 1 || got.Tmpls[0].Reqid != 7 || got.Ifid != 3 ||
		*got.Mark != *p.Mark || got.Tmpls[0].EncAlgos != 0 {
		t.Errorf("got %+v", got)
	}
	p.Tmpls[0].AuthAlgos, p.Tmpls[0].EncAlgos, p.Tmpls[0].CompAlgos = 1<<3, 1<<12, 1<<2
	b, err = encoded(func(r *wire.Request) { r.Fail(encodeXfrmPolicy(r, p)) })
	if err != nil {
		t.Fatal(err)
	}
	if got, err = decodeXfrmPolicy(b); err != nil || got.Tmpls[0].AuthAlgos != 1<<3 ||
		got.Tmpls[0].EncAlgos != 1<<12 || got.Tmpls[0].CompAlgos != 1<<2 || got.Tmpls[1].AuthAlgos != 0 {
		t.Errorf("got %+v, %v", got.Tmpls, err)
	}
}

func TestXfrmIdentitiesEncodeAsIpDoes(t *testing.T) {
	s := &XfrmState{Src: net.IP{192, 0, 2, 1}, Dst: net.IP{192, 0, 2, 2}, Proto: XFRM_PROTO_ESP, Spi: 0x1234,
		Mark: &XfrmMark{Value: 2}}
	r := xfrmStateID(uapi.XFRM_MSG_DELSA, s)
	got := parts(t, r.Bytes()[uapi.SizeofNlmsghdr:], uapi.SizeofXfrmUsersaId)
	if want := parts(t, capture.Xfrm(t, uapi.XFRM_MSG_DELSA, xfrmDel), uapi.SizeofXfrmUsersaId); !slices.Equal(got,
		want) {
		t.Errorf("sent\n%q, ip sends\n%q", got, want)
	}
}

func TestXfrmRefusesWhatDoesNotArrive(t *testing.T) {
	ok := func() *XfrmState {
		return &XfrmState{Src: net.IP{1, 2, 3, 4}, Dst: net.IP{1, 2, 3, 5}, Proto: XFRM_PROTO_ESP, Spi: 1}
	}
	for want, change := range map[string]func(*XfrmState){
		"no Spi is set": func(s *XfrmState) { s.Spi = 0 },
		"ESN is set":    func(s *XfrmState) { s.ESN = true },
		"replay window": func(s *XfrmState) { s.ReplayWindow = 5000 },
		"IPv6":          func(s *XfrmState) { s.Src = net.IPv6loopback },
		"is too long":   func(s *XfrmState) { s.Crypt = &XfrmStateAlgo{Name: strings.Repeat("x", 64)} },
		"reqid -1":      func(s *XfrmState) { s.Reqid = -1 },
		"source port":   func(s *XfrmState) { s.Encap = &XfrmStateEncap{SrcPort: 1 << 16} },
		"a bitmap of 160": func(s *XfrmState) {
			s.ReplayWindow, s.ReplayESN = 64,
				&XfrmReplayESN{BitMap: make([]uint32, 5)}
		},
	} {
		s := ok()
		change(s)
		if _, err := encoded(func(r *wire.Request) { r.Fail(encodeXfrmState(r, s)) }); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestXfrmMsgDeserialize(t *testing.T) {
	m, err := XfrmMsgDeserialize(uapi.XFRM_MSG_UPDSA, capture.Xfrm(t, uapi.XFRM_MSG_NEWSA, xfrmAesGCM))
	state, ok := m.(*XfrmMsgState)
	if err != nil || !ok || state.Op != uapi.XFRM_MSG_UPDSA || state.XfrmState.Spi != 0x1234 {
		t.Errorf("%v, %v", m, err)
	}
	if m, err := XfrmMsgDeserialize(uapi.XFRM_MSG_MAX+1, nil); m != nil || err != nil {
		t.Errorf("a message that is not known is %v, %v", m, err)
	}
}

func FuzzXfrmDecode(f *testing.F) {
	f.Add(uint16(uapi.XFRM_MSG_NEWSA), capture.Xfrm(f, uapi.XFRM_MSG_NEWSA, xfrmAesGCM))
	f.Add(uint16(uapi.XFRM_MSG_EXPIRE), capture.Xfrm(f, uapi.XFRM_MSG_NEWSA, xfrmAesCBC))
	f.Add(uint16(uapi.XFRM_MSG_NEWPOLICY), capture.Xfrm(f, uapi.XFRM_MSG_NEWPOLICY, xfrmTwoTmpls))
	f.Add(uint16(uapi.XFRM_MSG_DELSA), capture.Xfrm(f, uapi.XFRM_MSG_DELSA, xfrmDel))
	for typ := uint16(uapi.XFRM_MSG_BASE); typ <= uapi.XFRM_MSG_MAX; typ++ {
		f.Add(typ, make([]byte, 300))
	}
	f.Fuzz(func(t *testing.T, typ uint16, data []byte) {
		m, err := XfrmMsgDeserialize(nl.XfrmMsgType(typ), data)
		if err == nil && m != nil {
			if uint16(m.Type()) != typ {
				t.Errorf("message %d is read as %d", typ, m.Type())
			}
			_ = fmt.Sprint(m)
		}
	})
}
