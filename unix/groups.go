//go:build unix

package unix

// Getgroups is getgroups(2).
func Getgroups() (gids []int, err error) {
	n, err := getgroups(0, nil)
	if err != nil || n == 0 {
		return nil, err
	}
	raw := make([]uint32, n)
	n, err = getgroups(n, &raw[0])
	if err != nil {
		return nil, err
	}
	gids = make([]int, n)
	for i := range gids {
		gids[i] = int(raw[i])
	}
	return gids, nil
}

// Setgroups is setgroups(2), of the calling thread only.
func Setgroups(gids []int) (err error) {
	if len(gids) == 0 {
		return setgroups(0, nil)
	}
	raw := make([]uint32, len(gids))
	for i, g := range gids {
		raw[i] = uint32(g)
	}
	return setgroups(len(raw), &raw[0])
}
