package unix

// KeyctlGetKeyringID is keyctl_get_keyring_ID(3): the number of one of the KEY_SPEC_* keyrings.
func KeyctlGetKeyringID(id int, create bool) (ringid int, err error) {
	c := 0
	if create {
		c = 1
	}
	return KeyctlInt(KEYCTL_GET_KEYRING_ID, id, c, 0, 0)
}

// KeyctlSetperm is keyctl_setperm(3).
func KeyctlSetperm(id int, perm uint32) error {
	_, err := KeyctlInt(KEYCTL_SETPERM, id, int(perm), 0, 0)
	return err
}

// KeyctlJoinSessionKeyring is keyctl_join_session_keyring(3).
func KeyctlJoinSessionKeyring(name string) (ringid int, err error) {
	return keyctlJoin(KEYCTL_JOIN_SESSION_KEYRING, name)
}

// KeyctlSearch is keyctl_search(3).
func KeyctlSearch(ringid int, keyType, description string, destRingid int) (id int, err error) {
	return keyctlSearch(KEYCTL_SEARCH, ringid, keyType, description, destRingid)
}

// KeyctlInstantiateIOV is keyctl_instantiate_iov(3).
func KeyctlInstantiateIOV(id int, payload []Iovec, ringid int) error {
	return keyctlIOV(KEYCTL_INSTANTIATE_IOV, id, payload, ringid)
}

// KeyctlDHCompute is keyctl_dh_compute(3): it returns how many bytes of buffer it filled.
func KeyctlDHCompute(params *KeyctlDHParams, buffer []byte) (size int, err error) {
	return keyctlDH(KEYCTL_DH_COMPUTE, params, buffer)
}

// KeyctlBuffer is keyctl(2) for the commands that fill or read a buffer.
func KeyctlBuffer(cmd int, arg2 int, buf []byte, arg5 int) (ret int, err error) {
	return keyctlBytes(cmd, arg2, buf, arg5)
}

// KeyctlString is keyctl(2) for the commands that answer with a string, as KEYCTL_DESCRIBE.
func KeyctlString(cmd int, id int) (string, error) {
	var buf []byte
	for {
		// The answer is the size that it takes, with a NUL, however much was given. It may grow from one call to the next.
		n, err := keyctlBytes(cmd, id, buf, 0)
		if err != nil {
			return "", err
		}
		if n <= len(buf) {
			return string(buf[:max(n-1, 0)]), nil
		}
		buf = make([]byte, n)
	}
}

// KeyctlRestrictKeyring is keyctl_restrict_keyring(3). Without keyType nothing can be linked to the keyring any more.
func KeyctlRestrictKeyring(ringid int, keyType string, restriction string) error {
	if keyType == "" {
		_, err := KeyctlInt(KEYCTL_RESTRICT_KEYRING, ringid, 0, 0, 0)
		return err
	}
	return keyctlRestrict(KEYCTL_RESTRICT_KEYRING, ringid, keyType, restriction)
}
