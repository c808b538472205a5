package capture

import "kern.sys/internal/uapi"

// numbered are n attributes of the types from 0 that are all the same.
func numbered(n int, each layout) attrs {
	a := attrs{}
	for typ := range n {
		a[uint16(typ)] = each
	}
	return a
}

var bond = attrs{
	uapi.IFLA_BOND_MODE:              u8,
	uapi.IFLA_BOND_ACTIVE_SLAVE:      u32,
	uapi.IFLA_BOND_MIIMON:            u32,
	uapi.IFLA_BOND_UPDELAY:           u32,
	uapi.IFLA_BOND_DOWNDELAY:         u32,
	uapi.IFLA_BOND_USE_CARRIER:       u8,
	uapi.IFLA_BOND_ARP_INTERVAL:      u32,
	uapi.IFLA_BOND_ARP_IP_TARGET:     numbered(16, be32),
	uapi.IFLA_BOND_ARP_VALIDATE:      u32,
	uapi.IFLA_BOND_ARP_ALL_TARGETS:   u32,
	uapi.IFLA_BOND_PRIMARY:           u32,
	uapi.IFLA_BOND_PRIMARY_RESELECT:  u8,
	uapi.IFLA_BOND_FAIL_OVER_MAC:     u8,
	uapi.IFLA_BOND_XMIT_HASH_POLICY:  u8,
	uapi.IFLA_BOND_RESEND_IGMP:       u32,
	uapi.IFLA_BOND_NUM_PEER_NOTIF:    u8,
	uapi.IFLA_BOND_ALL_SLAVES_ACTIVE: u8,
	uapi.IFLA_BOND_MIN_LINKS:         u32,
	uapi.IFLA_BOND_LP_INTERVAL:       u32,
	uapi.IFLA_BOND_PACKETS_PER_SLAVE: u32,
	uapi.IFLA_BOND_AD_LACP_RATE:      u8,
	uapi.IFLA_BOND_AD_SELECT:         u8,
	uapi.IFLA_BOND_AD_INFO: attrs{
		uapi.IFLA_BOND_AD_INFO_AGGREGATOR:  u16,
		uapi.IFLA_BOND_AD_INFO_NUM_PORTS:   u16,
		uapi.IFLA_BOND_AD_INFO_ACTOR_KEY:   u16,
		uapi.IFLA_BOND_AD_INFO_PARTNER_KEY: u16,
		uapi.IFLA_BOND_AD_INFO_PARTNER_MAC: same,
	},
	uapi.IFLA_BOND_AD_ACTOR_SYS_PRIO: u16,
	uapi.IFLA_BOND_AD_USER_PORT_KEY:  u16,
	uapi.IFLA_BOND_AD_ACTOR_SYSTEM:   same,
	uapi.IFLA_BOND_TLB_DYNAMIC_LB:    u8,
	uapi.IFLA_BOND_PEER_NOTIF_DELAY:  u32,
	uapi.IFLA_BOND_AD_LACP_ACTIVE:    u8,
	uapi.IFLA_BOND_MISSED_MAX:        u8,
	uapi.IFLA_BOND_NS_IP6_TARGET:     numbered(16, same),
	uapi.IFLA_BOND_COUPLED_CONTROL:   u8,
	uapi.IFLA_BOND_BROADCAST_NEIGH:   u8,
	uapi.IFLA_BOND_LACP_STRICT:       u8,
}

var bondPort = attrs{
	uapi.IFLA_BOND_SLAVE_STATE:                      u8,
	uapi.IFLA_BOND_SLAVE_MII_STATUS:                 u8,
	uapi.IFLA_BOND_SLAVE_LINK_FAILURE_COUNT:         u32,
	uapi.IFLA_BOND_SLAVE_PERM_HWADDR:                same,
	uapi.IFLA_BOND_SLAVE_QUEUE_ID:                   u16,
	uapi.IFLA_BOND_SLAVE_AD_AGGREGATOR_ID:           u16,
	uapi.IFLA_BOND_SLAVE_AD_ACTOR_OPER_PORT_STATE:   u8,
	uapi.IFLA_BOND_SLAVE_AD_PARTNER_OPER_PORT_STATE: u16,
	uapi.IFLA_BOND_SLAVE_PRIO:                       u32,
	uapi.IFLA_BOND_SLAVE_ACTOR_PORT_PRIO:            u16,
	uapi.IFLA_BOND_SLAVE_AD_CHURN_ACTOR_STATE:       u8,
	uapi.IFLA_BOND_SLAVE_AD_CHURN_PARTNER_STATE:     u8,
}

var hsr = attrs{
	uapi.IFLA_HSR_SLAVE1:           u32,
	uapi.IFLA_HSR_SLAVE2:           u32,
	uapi.IFLA_HSR_MULTICAST_SPEC:   u8,
	uapi.IFLA_HSR_SUPERVISION_ADDR: same,
	uapi.IFLA_HSR_SEQ_NR:           u16,
	uapi.IFLA_HSR_VERSION:          u8,
	uapi.IFLA_HSR_PROTOCOL:         u8,
	uapi.IFLA_HSR_INTERLINK:        u32,
}

var macsec = attrs{
	uapi.IFLA_MACSEC_SCI:            be64,
	uapi.IFLA_MACSEC_PORT:           be16,
	uapi.IFLA_MACSEC_ICV_LEN:        u8,
	uapi.IFLA_MACSEC_CIPHER_SUITE:   u64,
	uapi.IFLA_MACSEC_WINDOW:         u32,
	uapi.IFLA_MACSEC_ENCODING_SA:    u8,
	uapi.IFLA_MACSEC_ENCRYPT:        u8,
	uapi.IFLA_MACSEC_PROTECT:        u8,
	uapi.IFLA_MACSEC_INC_SCI:        u8,
	uapi.IFLA_MACSEC_ES:             u8,
	uapi.IFLA_MACSEC_SCB:            u8,
	uapi.IFLA_MACSEC_REPLAY_PROTECT: u8,
	uapi.IFLA_MACSEC_VALIDATION:     u8,
	uapi.IFLA_MACSEC_PAD:            flag,
	uapi.IFLA_MACSEC_OFFLOAD:        u8,
}

var gtp = attrs{
	uapi.IFLA_GTP_FD0:            u32,
	uapi.IFLA_GTP_FD1:            u32,
	uapi.IFLA_GTP_PDP_HASHSIZE:   u32,
	uapi.IFLA_GTP_ROLE:           u32,
	uapi.IFLA_GTP_CREATE_SOCKETS: u8,
	uapi.IFLA_GTP_RESTART_COUNT:  u8,
	uapi.IFLA_GTP_LOCAL:          be32,
	uapi.IFLA_GTP_LOCAL6:         same,
}

var amt = attrs{
	uapi.IFLA_AMT_MODE:         u32,
	uapi.IFLA_AMT_RELAY_PORT:   be16,
	uapi.IFLA_AMT_GATEWAY_PORT: be16,
	uapi.IFLA_AMT_LINK:         u32,
	uapi.IFLA_AMT_LOCAL_IP:     be32,
	uapi.IFLA_AMT_REMOTE_IP:    be32,
	uapi.IFLA_AMT_DISCOVERY_IP: be32,
	uapi.IFLA_AMT_MAX_TUNNELS:  u32,
}

var bareudp = attrs{
	uapi.IFLA_BAREUDP_PORT:            be16,
	uapi.IFLA_BAREUDP_ETHERTYPE:       be16,
	uapi.IFLA_BAREUDP_SRCPORT_MIN:     u16,
	uapi.IFLA_BAREUDP_MULTIPROTO_MODE: flag,
}

const canBittiming numbers = "4 4 4 4 4 4 4 4"

var can = attrs{
	uapi.IFLA_CAN_BITTIMING:               canBittiming,
	uapi.IFLA_CAN_BITTIMING_CONST:         numbers("=16 4 4 4 4 4 4 4 4"),
	uapi.IFLA_CAN_CLOCK:                   u32,
	uapi.IFLA_CAN_STATE:                   u32,
	uapi.IFLA_CAN_CTRLMODE:                numbers("4 4"),
	uapi.IFLA_CAN_RESTART_MS:              u32,
	uapi.IFLA_CAN_RESTART:                 u32,
	uapi.IFLA_CAN_BERR_COUNTER:            numbers("2 2"),
	uapi.IFLA_CAN_DATA_BITTIMING:          canBittiming,
	uapi.IFLA_CAN_DATA_BITTIMING_CONST:    numbers("=16 4 4 4 4 4 4 4 4"),
	uapi.IFLA_CAN_TERMINATION:             u16,
	uapi.IFLA_CAN_TERMINATION_CONST:       numbers("2 ..."),
	uapi.IFLA_CAN_BITRATE_CONST:           numbers("4 ..."),
	uapi.IFLA_CAN_DATA_BITRATE_CONST:      numbers("4 ..."),
	uapi.IFLA_CAN_BITRATE_MAX:             u32,
	uapi.IFLA_CAN_TDC:                     canTDC,
	uapi.IFLA_CAN_CTRLMODE_EXT:            attrs{uapi.IFLA_CAN_CTRLMODE_SUPPORTED: u32},
	uapi.IFLA_CAN_XL_DATA_BITTIMING:       canBittiming,
	uapi.IFLA_CAN_XL_DATA_BITTIMING_CONST: numbers("=16 4 4 4 4 4 4 4 4"),
	uapi.IFLA_CAN_XL_DATA_BITRATE_CONST:   numbers("4 ..."),
	uapi.IFLA_CAN_XL_TDC:                  canTDC,
	uapi.IFLA_CAN_XL_PWM: attrs{
		uapi.IFLA_CAN_PWM_PWMS_MIN: u32,
		uapi.IFLA_CAN_PWM_PWMS_MAX: u32,
		uapi.IFLA_CAN_PWM_PWML_MIN: u32,
		uapi.IFLA_CAN_PWM_PWML_MAX: u32,
		uapi.IFLA_CAN_PWM_PWMO_MIN: u32,
		uapi.IFLA_CAN_PWM_PWMO_MAX: u32,
		uapi.IFLA_CAN_PWM_PWMS:     u32,
		uapi.IFLA_CAN_PWM_PWML:     u32,
		uapi.IFLA_CAN_PWM_PWMO:     u32,
	},
}

var canTDC = attrs{
	uapi.IFLA_CAN_TDC_TDCV_MIN: u32,
	uapi.IFLA_CAN_TDC_TDCV_MAX: u32,
	uapi.IFLA_CAN_TDC_TDCO_MIN: u32,
	uapi.IFLA_CAN_TDC_TDCO_MAX: u32,
	uapi.IFLA_CAN_TDC_TDCF_MIN: u32,
	uapi.IFLA_CAN_TDC_TDCF_MAX: u32,
	uapi.IFLA_CAN_TDC_TDCV:     u32,
	uapi.IFLA_CAN_TDC_TDCO:     u32,
	uapi.IFLA_CAN_TDC_TDCF:     u32,
}
