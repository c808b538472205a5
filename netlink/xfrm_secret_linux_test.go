package netlink

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"testing"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Neither an error nor the text of a state contains a key.
func TestXfrmKeysAreNotShown(t *testing.T) {
	secret := key('a', 20)
	s := &XfrmState{Aead: &XfrmStateAlgo{Name: "rfc4106(gcm(aes))", Key: secret, ICVLen: 64},
		Auth: &XfrmStateAlgo{Name: "hmac(sha256)", Key: secret}}
	shown := fmt.Sprint(s, s.Print(true), s.Print(false), xfrmStateObject(s)) +
		fmt.Sprintf("%v %+v %#v %s", *s, *s, *s.Aead, s.Auth) + s.Auth.GoString()
	for _, form := range []string{string(secret), fmt.Sprintf("%x", secret), fmt.Sprintf("%#v", secret),
		fmt.Sprint(secret)} {
		if strings.Contains(shown, form) {
			t.Errorf("%q is in %s", form, shown)
		}
	}
	if !strings.Contains(shown, "<160 bits>") {
		t.Errorf("the length of the key is not in %s", shown)
	}
	r := wire.NewRequest(uapi.XFRM_MSG_NEWSA, 0)
	r.HoldsSecret()
	r.Data(1, secret)
	b := r.Bytes()
	h := fakeHandle(t, ackAll)
	if err := h.exec(r, "", noObject); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b, secret) {
		t.Error("the key is still in the memory of the request")
	}
	batch := h.NewBatch()
	s.Spi, s.Dst = 1, net.IP{1, 2, 3, 4}
	if err := batch.XfrmStateAdd(s); err != nil {
		t.Fatal(err)
	}
	sent := batch.parts[0].wire.Bytes()
	if !bytes.Contains(sent, secret) {
		t.Error("no key in the batch")
	}
	if errs := batch.Flush(); errs != nil {
		t.Fatal(errs)
	}
	if bytes.Contains(sent, secret) {
		t.Error("the key is still in the memory of the batch")
	}
}

// Neither the text of an association nor the memory of the request that adds it contains its key.
func TestMacsecKeysAreNotShown(t *testing.T) {
	secret := key('a', 16)
	sa := &MacsecSA{PN: 1, KeyID: []byte{1}, Key: secret}
	shown := fmt.Sprintf("%v %+v %#v %v", *sa, sa, *sa, MacsecSecY{TxSAs: []MacsecSA{*sa}})
	for _, form := range []string{string(secret), fmt.Sprintf("%x", secret), fmt.Sprintf("%#v", secret),
		strings.Trim(fmt.Sprint(secret), "[]")} {
		if strings.Contains(shown, form) {
			t.Errorf("%q is in %s", form, shown)
		}
	}
	if !strings.Contains(shown, "<128 bits>") {
		t.Errorf("the length of the key is not in %s", shown)
	}
	r := wire.NewRequest(uapi.RTM_NEWLINK, 0)
	r.Header(uapi.SizeofGenlmsghdr)
	macsecSARequest(r, nil, sa, true)
	b := r.Bytes()
	if !bytes.Contains(b, secret) {
		t.Fatal("no key in the request")
	}
	if err := fakeHandle(t, ackAll).exec(r, "", noObject); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b, secret) {
		t.Error("the key is still in the memory of the request")
	}
}
