/** What the card field says, in Vietnamese and English. */

const SENTENCES = {
  label: ["Mã QR trên thẻ căn cước hoặc thẻ BHYT", "QR code of a citizen card or an insurance card"],
  hint: [
    "Bấm vào ô này rồi quét thẻ, hoặc dán nội dung mã QR. Tắt bộ gõ tiếng Việt khi quét.",
    "Click here and scan the card, or paste the text of the code. Turn the Vietnamese keyboard off while scanning.",
  ],
  read: ["Đọc thẻ", "Read the card"],
  camera: ["Quét bằng camera", "Scan with the camera"],
  cameraTitle: ["Đưa mã QR vào giữa khung hình", "Hold the QR code in the middle"],
  close: ["Đóng camera", "Close the camera"],
  reading: ["Đang đọc thẻ…", "Reading the card…"],
  filled: ["Đã điền {count} ô từ thẻ. Hãy kiểm tra lại.", "{count} fields filled from the card. Please check them."],
  nothing: ["Thẻ đọc được nhưng không có ô nào để điền.", "The card was read, but there was nothing to fill in."],
  kept: ["Giữ nguyên “{label}” đã nhập: khác với trên thẻ.", "“{label}” was kept as typed: the card differs."],
  replace: ["Thay “{label}” bằng: {value}", "Replace “{label}” with: {value}"],
  replaceAll: ["Thay tất cả bằng thông tin trên thẻ", "Replace all with what the card says"],
  empty: ["Chưa có nội dung mã QR.", "There is no code to read yet."],
  composing: [
    "Bộ gõ tiếng Việt đang bật nên nội dung thẻ bị sai dấu. Hãy tắt bộ gõ rồi quét lại.",
    "The Vietnamese keyboard is on and garbles the card. Turn it off and scan again.",
  ],
  unreadable: ["Không đọc được thẻ này. Hãy nhập bằng tay.", "This card cannot be read. Please type the details."],
  offline: [
    "Chưa gửi được đến máy chủ. Nội dung thẻ vẫn còn trong ô; hãy bấm “Đọc thẻ” để thử lại.",
    "The server could not be reached. The text is still in the field; press “Read the card” to try again.",
  ],
  denied: [
    "Trình duyệt chưa được phép dùng camera. Hãy cho phép ở biểu tượng ổ khóa cạnh địa chỉ trang, rồi thử lại.",
    "The browser may not use the camera. Allow it at the lock beside the page address and try again.",
  ],
  missing: ["Máy này không có camera. Hãy dùng máy quét hoặc nhập bằng tay.", "This device has no camera. Use a scanner or type the details."],
  busy: ["Camera đang được chương trình khác dùng. Hãy đóng chương trình đó rồi thử lại.", "Another program uses the camera. Close it and try again."],
  insecure: [
    "Camera chỉ dùng được khi trang mở bằng https hoặc trên chính máy chủ. Hãy dùng máy quét hoặc nhập bằng tay.",
    "The camera works only over https or on the server itself. Use a scanner or type the details.",
  ],
  failed: ["Không mở được camera. Hãy dùng máy quét hoặc nhập bằng tay.", "The camera cannot be opened. Use a scanner or type the details."],
} as const;

export type Words = keyof typeof SENTENCES;

export function say(words: Words, values: Record<string, string | number> = {}): string {
  const text: string = SENTENCES[words][document.documentElement.lang.toLowerCase().startsWith("en") ? 1 : 0];
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

/** The sentence for what getUserMedia refused. */
export function cameraProblem(name: string): Words {
  const known: Record<string, Words> = {
    NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing", OverconstrainedError: "missing",
    NotReadableError: "busy", AbortError: "busy", InsecureContext: "insecure",
  };
  return known[name] ?? "failed";
}
