package netlink

import (
	"encoding/binary"
	"net/netip"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// TLSInfo is what the kernel does of TLS for a TCP connection (Linux 5.4). Fields are nil where it does nothing.
type TLSInfo struct {
	Version    *uint16 // TLS_1_2_VERSION or TLS_1_3_VERSION of linux/tls.h
	Cipher     *uint16 // TLS_CIPHER_…
	TxConf     *uint16 // TLS_CONF_…: who encrypts
	RxConf     *uint16 // TLS_CONF_…: who decrypts
	ZeroCopyTx bool    // pages that are sent are not copied, Linux 6.0
	RxNoPad    bool    // records of TLS 1.3 are expected without padding, Linux 6.0
	TxMaxLen   *uint16 // bytes of a record, Linux 6.19
}

func (t *TLSInfo) decode(d wire.Decoder) error {
	for d.Next() {
		switch d.Type() {
		case uapi.TLS_INFO_VERSION:
			t.Version = new(d.Uint16())
		case uapi.TLS_INFO_CIPHER:
			t.Cipher = new(d.Uint16())
		case uapi.TLS_INFO_TXCONF:
			t.TxConf = new(d.Uint16())
		case uapi.TLS_INFO_RXCONF:
			t.RxConf = new(d.Uint16())
		case uapi.TLS_INFO_ZC_RO_TX:
			t.ZeroCopyTx = true
		case uapi.TLS_INFO_RX_NO_PAD:
			t.RxNoPad = true
		case uapi.TLS_INFO_TX_MAX_PAYLOAD_LEN:
			t.TxMaxLen = new(d.Uint16())
		}
	}
	return d.Err()
}

// MD5Key is a key by which TCP signs segments: struct tcp_diag_md5sig.
type MD5Key struct {
	Prefix netip.Prefix // of the other end
	Key    []byte
}

// String leaves the key out.
func (k MD5Key) String() string { return k.Prefix.String() }

func decodeMD5Keys(b []byte) (all []MD5Key) {
	for ; len(b) >= uapi.SizeofTcpDiagMd5sig; b = b[uapi.SizeofTcpDiagMd5sig:] {
		var m uapi.TcpDiagMd5sig
		m.Decode(b)
		var words [16]byte
		for i, w := range m.Addr {
			binary.BigEndian.PutUint32(words[4*i:], w)
		}
		a := netip.AddrFrom16(words)
		if m.Family == uapi.AF_INET {
			a = netip.AddrFrom4([4]byte(words[:4]))
		}
		key := append([]byte(nil), m.Key[:min(int(m.Keylen), len(m.Key))]...)
		all = append(all, MD5Key{netip.PrefixFrom(a, int(m.Prefixlen)), key})
	}
	return all
}
