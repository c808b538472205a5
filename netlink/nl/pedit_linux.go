package nl

// Encode adds the action's kind and options to the attribute of an action: as many keys as both
// Sel.NKeys says and Keys and KeysEx have.
func (p *TcPedit) Encode(parent *RtAttr) {
	parent.AddRtAttr(TCA_ACT_KIND, ZeroTerminated("pedit"))
	options := parent.AddRtAttr(TCA_ACT_OPTIONS, nil)
	sel := p.Sel
	sel.NKeys = uint8(min(int(sel.NKeys), len(p.Keys), len(p.KeysEx)))
	params := make([]byte, SizeOfPeditSel+int(sel.NKeys)*SizeOfPeditKey)
	sel.put(params)
	options.AddRtAttr(TCA_PEDIT_PARMS_EX, params)
	keys := options.AddRtAttr(int(TCA_PEDIT_KEYS_EX|NLA_F_NESTED), nil)
	for i := range int(sel.NKeys) {
		p.Keys[i].put(params[SizeOfPeditSel+i*SizeOfPeditKey:])
		key := keys.AddRtAttr(int(TCA_PEDIT_KEY_EX|NLA_F_NESTED), nil)
		key.AddRtAttr(TCA_PEDIT_KEY_EX_HTYPE, Uint16Attr(uint16(p.KeysEx[i].HeaderType)))
		key.AddRtAttr(TCA_PEDIT_KEY_EX_CMD, Uint16Attr(uint16(p.KeysEx[i].Cmd)))
	}
}
