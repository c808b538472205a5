package unix

// cmsgWord is what control messages are aligned to.
const cmsgWord = 16
