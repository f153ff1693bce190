// One image goes up as the body of one POST, past the page's socket; what is wrong with it stands below the button.
import { useRef, useState } from "react";

const KINDS = "image/png,image/jpeg,image/webp,image/heic,image/heif,.heic,.heif";

export function PictureUpload({ use, words, most, describedBy, onTaken }) {
  const [wrong, setWrong] = useState("");
  const [isBusy, setBusy] = useState(false);
  const input = useRef(null);

  const send = async (file) => {
    if (!file || isBusy) return;
    if (file.size > most) return setWrong(words.tooLarge);
    setWrong("");
    setBusy(true);
    try {
      const headers = { "Content-Type": "application/octet-stream", "X-File-Name": encodeURIComponent(file.name) };
      const answer = await fetch(`/staff/settings/branding/images/${use}`, { method: "POST", body: file, headers });
      const said = await answer.json();
      setWrong(said.text);
      if (answer.ok) onTaken?.();
    } catch {
      setWrong(words.failed);
    } finally {
      setBusy(false);
      if (input.current) input.current.value = "";
    }
  };

  const drop = (event) => {
    event.preventDefault();
    send(event.dataTransfer.files[0]);
  };

  return (
    <div className="picture-upload" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <label className="btn" aria-busy={isBusy}>
        <input
          ref={input}
          type="file"
          className="vh"
          accept={KINDS}
          aria-describedby={`${describedBy} ${use}-wrong`}
          aria-disabled={isBusy}
          onClick={(event) => isBusy && event.preventDefault()}
          onChange={(event) => send(event.target.files[0])}
        />
        {isBusy ? words.busy : words.upload}
      </label>
      <p className="err" role="alert" id={`${use}-wrong`}>{wrong}</p>
    </div>
  );
}
