package ss

import (
	"fmt"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink"
)

// tlsInfo appends what the kernel does of TLS for a connection: ss -i.
func tlsInfo(b *strings.Builder, i *netlink.TLSInfo) {
	if i.Version != nil {
		version := fmt.Sprintf("unknown(%d)", *i.Version)
		switch *i.Version {
		case uapi.TLS_1_2_VERSION:
			version = "1.2"
		case uapi.TLS_1_3_VERSION:
			version = "1.3"
		}
		b.WriteString(" version: " + version)
	}
	if i.Cipher != nil {
		switch *i.Cipher {
		case uapi.TLS_CIPHER_AES_GCM_128:
			b.WriteString(" cipher: aes-gcm-128")
		case uapi.TLS_CIPHER_AES_GCM_256:
			b.WriteString(" cipher: aes-gcm-256")
		}
	}
	tlsConf(b, "rxconf", i.RxConf)
	tlsConf(b, "txconf", i.TxConf)
	if i.ZeroCopyTx {
		b.WriteString(" zc_ro_tx")
	}
	if i.RxNoPad {
		b.WriteString(" no_pad_rx")
	}
}

func tlsConf(b *strings.Builder, name string, conf *uint16) {
	if conf == nil {
		return
	}
	text := fmt.Sprintf("unknown(%d)", *conf)
	names := [...]string{uapi.TLS_CONF_BASE: "none", uapi.TLS_CONF_SW: "sw", uapi.TLS_CONF_HW: "hw",
		uapi.TLS_CONF_HW_RECORD: "hw-record"}
	if int(*conf) < len(names) && names[*conf] != "" {
		text = names[*conf]
	}
	fmt.Fprintf(b, " %s: %s", name, text)
}
