/** Every sentence that the form says, in Vietnamese and English. `{name}` is filled in whole. */

const SENTENCES = {
  yes: ["Có", "Yes"],
  no: ["Không", "No"],
  optional: ["(không bắt buộc)", "(optional)"],
  other: ["Khác", "Other"],
  otherLabel: ["Ghi rõ câu trả lời khác", "Please say what"],
  save: ["Lưu", "Save"],
  choose: ["Chọn một câu trả lời", "Choose an answer"],
  add: ["Thêm: {item}", "Add another: {item}"],
  remove: ["Bỏ mục {number}: {item}", "Remove number {number}: {item}"],
  added: ["Đã thêm mục {number}.", "Number {number} added."],
  removed: ["Đã bỏ một mục.", "One entry removed."],
  dateHint: ["Ví dụ 27/03/2025; chỉ biết năm thì ghi 1950.", "For example 27/03/2025; or 1950 when only the year is known."],
  dateTimeHint: ["Ngày ví dụ 27/03/2025, giờ ví dụ 14:30.", "Date for example 27/03/2025, time for example 14:30."],
  timeHint: ["Ví dụ 14:30", "For example 14:30"],
  dateLabel: ["Ngày", "Date"],
  timeLabel: ["Giờ", "Time"],
  unitLabel: ["Đơn vị của: {item}", "Unit of: {item}"],
  searchHint: ["Gõ vài chữ, không cần dấu, rồi chọn trong danh sách.", "Type a few letters, then choose from the list."],
  found: ["{count} lựa chọn phù hợp.", "{count} matching options."],
  notFound: ["Không có lựa chọn phù hợp.", "No matching option."],
  score: ["Tổng điểm: {score} trên {maximum}.", "Total score: {score} out of {maximum}."],
  scoreOpen: [
    "Tổng điểm đến lúc này: {score} trên {maximum}. Còn {open} câu chưa trả lời.",
    "Total score so far: {score} out of {maximum}. {open} questions still open.",
  ],
  unsupported: [
    "Loại câu hỏi này chưa nhập được ở đây. Hãy ghi vào hồ sơ theo cách khác.",
    "This kind of question cannot be answered here yet. Please record it in another way.",
  ],
  summary: ["Chưa lưu được: có {count} mục cần xem lại", "Not saved: {count} entries need attention"],
  error: ["Lỗi:", "Error:"],
  restored: [
    "Đã đưa lại những gì điền dở lúc {time}. Kiểm tra lại trước khi lưu.",
    "What was typed at {time} has been restored. Check it before you save.",
  ],
  discard: ["Bỏ bản điền dở, làm lại từ đầu", "Discard it and start again"],
  broken: ["Không đọc được bộ câu hỏi. Hãy tải lại trang.", "The questionnaire cannot be read. Please reload the page."],
  required: ["Chưa trả lời: {item}", "Not answered: {item}"],
  number: ["{item}: cần một số, ví dụ 36,5", "{item}: enter a number, for example 36.5"],
  ambiguous: [
    "{item}: số “{text}” có thể hiểu hai cách; ghi {whole} hoặc {part}",
    "{item}: “{text}” can be read in two ways; write {whole} or {part}",
  ],
  integer: ["{item}: cần một số nguyên, ví dụ 12", "{item}: enter a whole number, for example 12"],
  date: ["{item}: cần một ngày có thật, ví dụ 27/03/2025", "{item}: enter a real date, for example 27/03/2025"],
  dateTime: ["{item}: cần cả ngày và giờ, ví dụ 27/03/2025 và 14:30", "{item}: enter both date and time, for example 27/03/2025 and 14:30"],
  time: ["{item}: cần giờ và phút, ví dụ 14:30", "{item}: enter hours and minutes, for example 14:30"],
  url: ["{item}: cần một địa chỉ, ví dụ https://vidu.vn", "{item}: enter an address, for example https://example.org"],
  unit: ["{item}: chưa chọn đơn vị", "{item}: choose a unit"],
  otherText: ["{item}: chưa ghi rõ câu trả lời khác", "{item}: say what the other answer is"],
  option: ["{item}: chọn một câu trả lời trong danh sách", "{item}: choose an answer from the list"],
  minValue: ["{item}: không được nhỏ hơn {limit}", "{item}: must be {limit} or more"],
  maxValue: ["{item}: không được lớn hơn {limit}", "{item}: must be {limit} or less"],
  maxLength: ["{item}: dài {count} ký tự, chỉ được {limit}", "{item}: has {count} characters, {limit} are allowed"],
  minLength: ["{item}: cần ít nhất {limit} ký tự", "{item}: must have at least {limit} characters"],
  regex: ["{item}: chưa đúng dạng yêu cầu", "{item}: is not in the right form"],
  regexFormat: ["{item}: cần đúng dạng {format}", "{item}: must look like {format}"],
  minOccurs: ["{item}: cần ít nhất {limit} câu trả lời", "{item}: needs at least {limit} answers"],
  maxOccurs: ["{item}: chỉ được nhiều nhất {limit} câu trả lời", "{item}: may have at most {limit} answers"],
} as const;

export type Sentence = keyof typeof SENTENCES;
export type Language = "vi" | "en";

export interface Message {
  sentence: Sentence;
  values?: Record<string, string | number>;
}

export function languageOf(tag: string): Language {
  return tag.toLowerCase().startsWith("en") ? "en" : "vi";
}

export function say(language: Language, sentence: Sentence, values: Record<string, string | number> = {}): string {
  const text: string = SENTENCES[sentence][language === "en" ? 1 : 0];
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}
