package unix

// zone_create takes more arguments than Go's runtime passes to the C library.

// Getzonenamebyid is getzonenamebyid(3C): the name of an active zone, EINVAL if there is none.
func Getzonenamebyid(id int) (string, error) {
	var buf [ZONENAME_MAX]byte
	n, err := getzonenamebyid(id, buf[:])
	if err != nil {
		return "", err
	}
	return ByteSliceToString(buf[:min(n, len(buf))]), nil
}

// ZoneList returns the ids of all active zones that the process sees.
func ZoneList() ([]int, error) {
	for n := uint32(16); ; { // more zones may have come to be since the last call
		raw := make([]int32, n)
		if err := zoneList(&raw[0], &n); err != nil {
			return nil, err
		}
		if int(n) > len(raw) {
			continue
		}
		ids := make([]int, n)
		for i := range ids {
			ids[i] = int(raw[i])
		}
		return ids, nil
	}
}

// Getzoneid returns the zone, -1 if it is not known; see ucred_getzoneid(3C).
func (u *Ucred) Getzoneid() int { return u.ask(ucredGetzoneid) }
