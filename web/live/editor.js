/** The editor of a cell: CodeMirror with Python's colors. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

/**
 * @param {object} options
 * @param {HTMLElement} options.parent where it goes
 * @param {string} options.source
 * @param {string} options.label its name for a screen reader
 * @param {(source: string) => void} options.onChange
 * @param {() => void} options.onRun Shift-Enter or Ctrl-Enter was pressed
 */
export function makeEditor({ parent, source, label, onChange, onRun }) {
  const run = () => {
    onRun();
    return true;
  };
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: source,
      extensions: [
        Prec.highest(keymap.of([{ key: "Shift-Enter", run }, { key: "Mod-Enter", run }])),
        keymap.of([indentWithTab, ...historyKeymap, ...defaultKeymap]),
        history(),
        indentOnInput(),
        indentUnit.of("    "),
        bracketMatching(),
        python(),
        syntaxHighlighting(classHighlighter),
        EditorView.contentAttributes.of({
          tabindex: "0",
          "aria-label": `${label}; Escape, then Tab leaves the editor`,
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
}

/** Replace all that an editor holds. @param {EditorView} editor @param {string} source */
export function setSource(editor, source) {
  editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: source } });
}
