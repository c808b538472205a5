package capture

import (
	"fmt"
	"testing"

	"kern.sys/internal/uapi"
)

// Xfrm returns the payload of a message of IPsec, whose types are also those of rtnetlink.
func Xfrm(t testing.TB, typ uint16, text string) []byte {
	t.Helper()
	l := xfrms[typ]
	if l == nil {
		t.Fatalf("message %d of IPsec: not in the tables of internal/capture", typ)
	}
	b, err := turn(l, fromHex(t, text), bigEndian)
	if err != nil {
		t.Fatal(fmt.Errorf("message %d of IPsec: %w", typ, err))
	}
	return b
}

const (
	// sel, id, saddr, lft, curlft, stats and the rest.
	xfrmSelector = "=32 =2 =2 =2 =2 2 =1 =1 =1 =3 4 4 "
	xfrmTimes    = "8 8 8 8 8 8 8 8 8 8 8 8 "
	xfrmInfo     = xfrmSelector + "=16 =4 =1 =3 =16 " + xfrmTimes + "4 4 4 4 4 2 =1 =1 =1 =7"
	xfrmPolicy   = xfrmSelector + xfrmTimes + "4 4 =1 =1 =1 =1 =4"
)

var xfrms = map[uint16]layout{
	uapi.XFRM_MSG_NEWSA:     headed{xfrmInfo, xfrmState},
	uapi.XFRM_MSG_ALLOCSPI:  headed{xfrmInfo + " 4 4", xfrmState},
	uapi.XFRM_MSG_DELSA:     headed{"=16 =4 2 =1 =1", xfrmState},
	uapi.XFRM_MSG_NEWPOLICY: headed{xfrmPolicy, xfrmState},
}

var xfrmState = attrs{
	uapi.XFRMA_ALG_AEAD:       numbers("=64 4 4 ="),
	uapi.XFRMA_ALG_AUTH_TRUNC: numbers("=64 4 4 ="),
	uapi.XFRMA_ALG_CRYPT:      numbers("=64 4 ="),
	uapi.XFRMA_REPLAY_ESN_VAL: numbers("4..."),
	uapi.XFRMA_MARK:           numbers("4 4"),
	uapi.XFRMA_SRCADDR:        same,
	uapi.XFRMA_IF_ID:          u32,
	uapi.XFRMA_SET_MARK:       u32,
	uapi.XFRMA_SET_MARK_MASK:  u32,
	uapi.XFRMA_SA_EXTRA_FLAGS: u32,
	uapi.XFRMA_ENCAP:          numbers("2 =2 =2 =2 =16"),
	uapi.XFRMA_TMPL: numbers("=16 =4 =1 =3 2 =2 =16 4 =1 =1 =1 =1 4 4 4 " +
		"=16 =4 =1 =3 2 =2 =16 4 =1 =1 =1 =1 4 4 4"),
}
