/** Reads a QR code with the camera: the browser's own detector where there is one, else the `qr` decoder. */

import { decodeQR } from "qr/decode.js";

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}

interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

const EVERY = 150;

/** Opens the camera, shows it in `video`, and gives the first code's text. Rejects with the browser's error. */
export async function scan(video: HTMLVideoElement, signal: AbortSignal): Promise<string | undefined> {
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("", "InsecureContext");
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false });
  try {
    video.srcObject = stream;
    await video.play();
    const look = await reader();
    while (!signal.aborted) {
      const text = await look(video);
      if (text) return text;
      await new Promise((resolve) => setTimeout(resolve, EVERY));
    }
    return undefined;
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}

async function reader(): Promise<(video: HTMLVideoElement) => Promise<string | undefined>> {
  const detector = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  if (detector && (await detector.getSupportedFormats()).includes("qr_code")) {
    const own = new detector({ formats: ["qr_code"] });
    return async (video) => (await own.detect(video))[0]?.rawValue;
  }
  const canvas = document.createElement("canvas");
  const drawing = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    if (!drawing || video.videoWidth === 0) return undefined;
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    drawing.drawImage(video, 0, 0);
    return decoded(drawing.getImageData(0, 0, canvas.width, canvas.height));
  };
}

/** The text in a picture; undefined when there is no readable code in it. */
export function decoded(image: { width: number; height: number; data: Uint8ClampedArray | Uint8Array }): string | undefined {
  try {
    return decodeQR(image);
  } catch {
    return undefined; // most frames hold no code: that is no error
  }
}
