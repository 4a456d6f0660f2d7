;;; byline.el --- Which AI agent wrote this line, in which session, for which prompt  -*- lexical-binding: t -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1"))
;; Keywords: tools, vc, convenience
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Starts `byline lsp' on a connection of its own, one for all buffers.  So it stands beside eglot, which manages a
;; buffer with one server only, beside lsp-mode, and beside no language server at all.
;;
;;   (add-to-list 'load-path "/path/to/byline/editors/emacs")
;;   (require 'byline)
;;   (global-byline-mode 1)
;;
;; It is quiet: who wrote the line at point stands in the echo area (eldoc) and a count in the mode line.  With
;; `M-x byline-show-ai-lines' AI lines are marked, in words and not by colour alone.

;;; Code:

(require 'cl-lib)
(require 'jsonrpc)
(require 'project)
(require 'seq)
(require 'subr-x)
(require 'url-util)

(defgroup byline nil "Which AI agent wrote this line." :group 'tools :prefix "byline-")

(defcustom byline-command '("byline" "lsp")
  "The program and its arguments."
  :type '(repeat string))

(defcustom byline-settings nil
  "Settings of the server as a plist, such as (:hover (:unknown \"committer\"))."
  :type 'sexp)

(defcustom byline-idle-delay 0.2
  "Seconds without a change after which the server is told of them."
  :type 'number)

(defface byline-ai-line '((t :inherit highlight :extend t))
  "Lines that an agent's session wrote, while they are shown.")

(defface byline-note '((t :inherit shadow :slant italic))
  "The words beside the first line of a run.")

(defvar byline--connection nil "The one connection, or nil.")
(defvar byline--count 0
  "How often the server was started.
One that ends late must not take the buffers of the next.")
(defvar byline--told-missing nil "Whether the user was told that the server cannot be started.")
(defvar byline--restarted nil "When a server that had ended was last started again.")
(defconst byline--often 60 "Seconds within which a second end is told instead.")
(defvar-local byline--shown nil "Non-nil while AI lines are shown here.")
(defvar-local byline--awaited nil "Non-nil until a new server has heard that AI lines are shown.")
(defvar-local byline--version 0)
(defvar-local byline--open nil "Non-nil when the server has this buffer.")
(defvar-local byline--dirty nil "Non-nil when the server has an older text.")
(defvar-local byline--timer nil)
(defvar-local byline--summary nil "The counts of the file as the server told them last.")
(defvar-local byline--page nil "The address of the page that this buffer shows.")

;;; The connection

(defclass byline-connection (jsonrpc-process-connection) () "A connection to byline.")

(defun byline--start ()
  "Start the server; nil, after one sentence, when that is not possible."
  (condition-case problem
      (let* ((default-directory (expand-file-name "~/"))
             (_ (or (executable-find (car byline-command)) (error "There is no such program")))
             (connection
              (make-instance
               'byline-connection :name (format "byline-%d" (cl-incf byline--count)) :events-buffer-scrollback-size 0
               :notification-dispatcher #'byline--notified :request-dispatcher #'byline--requested
               :on-shutdown #'byline--gone
               :process (lambda ()
                          (make-process :name "byline" :command byline-command :connection-type 'pipe
                                        :coding 'utf-8-emacs-unix :noquery t
                                        :stderr (get-buffer-create " *byline stderr*"))))))
        (setq byline--connection connection)
        (jsonrpc-request
         connection :initialize
         (list :processId (emacs-pid) :rootUri nil
               :clientInfo (list :name "Emacs" :version emacs-version)
               :initializationOptions (append byline-settings '(:draws t))
               :capabilities
               '(:general (:positionEncodings ["utf-32"])
                 :window (:showDocument (:support t))
                 :workspace (:textDocumentContent (:dynamicRegistration t))
                 :textDocument (:hover (:contentFormat ["plaintext"])
                                :codeAction (:codeActionLiteralSupport
                                             (:codeActionKind (:valueSet ["source.byline"]))))))
         :timeout 20)
        (jsonrpc-notify connection :initialized (make-hash-table))
        (setq byline--told-missing nil)
        connection)
    (error
     (setq byline--connection nil)
     (unless byline--told-missing
       (setq byline--told-missing t)
       (message "byline: cannot start `%s' (%s); install byline (README.md says how), or set `byline-command'"
                (string-join byline-command " ") (error-message-string problem)))
     nil)))

(defun byline--live ()
  "The connection, if it is up."
  (and byline--connection (jsonrpc-running-p byline--connection) byline--connection))

(defmacro byline--each (&rest body)
  "Do BODY in each buffer with `byline-mode'."
  `(dolist (buffer (buffer-list))
     (when (buffer-live-p buffer)
       (with-current-buffer buffer
         (when (bound-and-true-p byline-mode) ,@body)))))

(defun byline--gone (connection)
  "The server at CONNECTION has ended: start it again once; after that say so."
  (when (eq connection byline--connection)
    (setq byline--connection nil)
    (byline--each (setq byline--open nil) (force-mode-line-update))
    (if (and byline--restarted (< (- (float-time) byline--restarted) byline--often))
        (byline--lost)
      (setq byline--restarted (float-time))
      (run-at-time 0.1 nil #'byline--again))))

(defun byline--again ()
  "Start the server for all buffers; what is shown stays until it answers."
  (unless (byline--live)
    (byline--each
     (setq byline--open nil)
     (let ((shown byline--shown))
       (setq byline--awaited shown)
       (byline--opened)
       (when (and shown byline--open (byline--live))
         (jsonrpc-async-request
          byline--connection :workspace/executeCommand
          (list :command "byline.showAiLines" :arguments (vector (byline--uri) t))
          :success-fn (let ((buffer (current-buffer)))
                        (lambda (_)
                          (when (buffer-live-p buffer)
                            (with-current-buffer buffer (setq byline--awaited nil) (byline--ask)))))
          :error-fn #'ignore :timeout-fn #'ignore))))
    (unless (byline--live) (byline--forget))))

(defun byline--forget ()
  "There is no server: nothing that it told holds any more."
  (byline--each
   (setq byline--open nil byline--summary nil byline--shown nil byline--awaited nil)
   (byline--clear)
   (force-mode-line-update)))

(defun byline--lost ()
  "Say that there is no server."
  (byline--forget)
  (message "byline: the server has ended; `M-x byline-restart' starts it again"))

(defun byline-restart ()
  "Start the server again, for all buffers."
  (interactive)
  (let ((old (byline--live)))
    (setq byline--connection nil byline--told-missing nil byline--restarted nil)
    (when old (jsonrpc-shutdown old t)))
  (byline--again))

(defun byline--notified (_connection method params)
  "Take the notification METHOD with PARAMS."
  (pcase method
    ('byline/changed
     (when-let ((buffer (byline--buffer (plist-get params :uri))))
       (with-current-buffer buffer (byline--ask))))
    ('window/showMessage (message "%s" (plist-get params :message)))))

(defun byline--requested (connection method params)
  "Answer the request METHOD with PARAMS of the server at CONNECTION."
  (pcase method
    ('window/showDocument
     (let ((uri (plist-get params :uri)))
       (run-at-time 0 nil #'byline--show-page connection uri)
       '(:success t)))
    ('workspace/textDocumentContent/refresh
     (let ((uri (plist-get params :uri)))
       (run-at-time 0 nil (lambda ()
                            (when-let ((buffer (byline--page-buffer uri)))
                              (byline--fill-page connection uri buffer)))))
     nil)
    (_ nil)))

;;; Buffers

(defun byline--uri ()
  "The address of this buffer's file."
  (concat "file://" (url-hexify-string (expand-file-name (buffer-file-name))
                                       (cons ?/ url-unreserved-chars))))

(defun byline--buffer (uri)
  "The buffer with `byline-mode' that shows URI."
  (seq-find (lambda (buffer)
              (with-current-buffer buffer
                (and (bound-and-true-p byline-mode) (buffer-file-name) (equal (byline--uri) uri))))
            (buffer-list)))

(defun byline--text ()
  "The whole text, whatever it is narrowed to."
  (save-restriction (widen) (buffer-substring-no-properties (point-min) (point-max))))

(defun byline--opened ()
  "Tell the server of this buffer."
  (when-let ((connection (or (byline--live) (and (not byline--told-missing) (byline--start)))))
    (setq byline--open t byline--dirty nil byline--version 0)
    (jsonrpc-notify connection :textDocument/didOpen
                    (list :textDocument (list :uri (byline--uri) :version 0 :text (byline--text)
                                              :languageId (byline--language))))
    (byline--ask)))

(defun byline--language ()
  "The language's name, by the major mode."
  (string-remove-suffix "-ts" (string-remove-suffix "-mode" (symbol-name major-mode))))

(defun byline--changed (&rest _)
  "The text is another: tell it when there is rest."
  (setq byline--dirty t)
  (when byline--timer (cancel-timer byline--timer))
  (setq byline--timer (run-at-time byline-idle-delay nil #'byline--flush (current-buffer))))

(defun byline--flush (&optional buffer)
  "Tell the server the text of BUFFER if it has an older one."
  (when (buffer-live-p (or buffer (current-buffer)))
    (with-current-buffer (or buffer (current-buffer))
      (when-let ((connection (and byline--open byline--dirty (byline--live))))
        (setq byline--dirty nil)
        (jsonrpc-notify connection :textDocument/didChange
                        (list :textDocument (list :uri (byline--uri) :version (cl-incf byline--version))
                              :contentChanges (vector (list :text (byline--text)))))
        (byline--ask)))))

(defun byline--saved ()
  "The file was written."
  (byline--flush)
  (when-let ((connection (and byline--open (byline--live))))
    (jsonrpc-notify connection :textDocument/didSave (list :textDocument (list :uri (byline--uri))))))

(defun byline--closed ()
  "This buffer goes."
  (when byline--timer (cancel-timer byline--timer))
  (when-let ((connection (and byline--open (byline--live))))
    (setq byline--open nil)
    (jsonrpc-notify connection :textDocument/didClose (list :textDocument (list :uri (byline--uri))))))

;;; What is shown

(defun byline--ask ()
  "Ask who wrote the lines of this buffer; draw it when the answer comes."
  (when-let ((connection (and byline--open (byline--live))) (buffer (current-buffer)))
    (jsonrpc-async-request
     connection :byline/attribution (list :uri (byline--uri))
     :success-fn (lambda (answer)
                   (when (buffer-live-p buffer)
                     (with-current-buffer buffer (unless (or byline--dirty (and byline--awaited (not (eq (plist-get answer :shown) t))))
                         (byline--draw answer)))))
     :error-fn #'ignore :timeout-fn #'ignore)))

(defun byline--clear ()
  "Take all marks away."
  (save-restriction (widen) (remove-overlays (point-min) (point-max) 'byline t)))

(defun byline--draw (answer)
  "Mark AI lines as ANSWER says, while they are shown."
  (setq byline--summary (plist-get answer :summary)
        byline--shown (eq (plist-get answer :shown) t))
  (byline--clear)
  (when (eq (plist-get answer :shown) t)
    (save-excursion
      (save-restriction
        (widen)
        (seq-doseq (range (plist-get answer :ranges))
          (when (equal (plist-get range :owner) "session") (byline--mark range))))))
  (force-mode-line-update))

(defun byline--mark (range)
  "Mark the lines of RANGE, and say at its first line whose they are."
  (let* ((begin (progn (goto-char (point-min)) (forward-line (plist-get range :start)) (point)))
         (first-end (line-end-position))
         (end (progn (goto-char (point-min)) (forward-line (plist-get range :end)) (point)))
         (overlay (make-overlay begin end nil t nil))
         (note (make-overlay first-end first-end))
         (prompt (plist-get range :prompt))
         (words (concat (or (plist-get range :agent) "an agent")
                        (and prompt (format " \"%s\"" (truncate-string-to-width (byline--clean prompt) 60 nil nil "…"))))))
    (dolist (each (list overlay note)) (overlay-put each 'byline t))
    (overlay-put overlay 'face 'byline-ai-line)
    (overlay-put overlay 'help-echo words)
    (overlay-put overlay 'line-prefix (propertize "▎" 'face 'byline-note))
    (overlay-put note 'after-string (propertize (concat "  " words) 'face 'byline-note))))

(defun byline--clean (text)
  "TEXT, which a stranger wrote, on one line and without control characters."
  (string-trim (replace-regexp-in-string "[[:cntrl:][:space:]\u200b-\u200f\u2028-\u202e\u2066-\u2069]+" " " text)))

(defun byline--eldoc (report &rest _)
  "Hand who wrote the line at point to REPORT."
  (when-let ((connection (and byline--open (byline--live))))
    (byline--flush)
    (jsonrpc-async-request
     connection :textDocument/hover (byline--at-point)
     :success-fn (lambda (hover)
                   (let ((text (plist-get (plist-get hover :contents) :value)))
                     (funcall report (and text (propertize text 'face 'default))
                              :echo (and text (car (split-string text "\n"))))))
     :error-fn #'ignore :timeout-fn #'ignore)
    t))

(defun byline--echo (docs interactive)
  "Show DOCS in the echo area, of ours the first line only; as INTERACTIVE says.
Emacs before 29 knows no `:echo'."
  (eldoc-display-in-echo-area
   (mapcar (lambda (doc) (if (stringp (plist-get (cdr doc) :echo)) (cons (plist-get (cdr doc) :echo) (cdr doc)) doc))
           docs)
   interactive))

(defun byline--use-echo ()
  "Keep the echo area of this buffer at one line where Emacs does not by itself."
  (when (< emacs-major-version 29)
    (setq-local eldoc-display-functions
                (mapcar (lambda (each) (if (eq each 'eldoc-display-in-echo-area) #'byline--echo each))
                        eldoc-display-functions))))

(defun byline--at-point ()
  "The parameters of a request about point."
  (list :textDocument (list :uri (byline--uri)) :position (list :line (byline--line) :character 0)))

(defun byline--line (&optional position)
  "The 0-based line of POSITION, or of point."
  (save-restriction (widen) (1- (line-number-at-pos (or position (point)) t))))

(defun byline--lines ()
  "The first and last line of the region or of point, from 1, as a list."
  (if (use-region-p)
      (let ((end (region-end)))
        (list (1+ (byline--line (region-beginning)))
              (1+ (byline--line (if (save-excursion (goto-char end) (and (bolp) (> end (region-beginning)))) (1- end) end)))))
    (let ((line (1+ (byline--line)))) (list line line))))

(defun byline--lighter ()
  "What stands in the mode line."
  (let ((count (plist-get byline--summary :ai_lines)))
    (cond ((not byline--open) " byline:off")
          ((and count (> count 0)) (format " AI:%d/%d" count (plist-get byline--summary :lines)))
          (t " byline"))))

;;; Pages

(define-derived-mode byline-page-mode special-mode "byline-page"
  "A page of byline: a session, the sessions of a file, or a change."
  (setq-local truncate-lines nil word-wrap t))

(defun byline--page-buffer (uri)
  "The buffer that shows the page URI."
  (seq-find (lambda (buffer) (equal (buffer-local-value 'byline--page buffer) uri)) (buffer-list)))

(defun byline--show-page (connection uri)
  "Show the page URI of the server at CONNECTION."
  (let ((buffer (or (byline--page-buffer uri) (generate-new-buffer "*byline*"))))
    (with-current-buffer buffer
      (if (string-suffix-p ".diff" uri) (diff-mode) (byline-page-mode))
      (setq byline--page uri buffer-read-only t))
    (byline--fill-page connection uri buffer)
    (pop-to-buffer buffer)))

(defun byline--fill-page (connection uri buffer)
  "Write the page URI of CONNECTION into BUFFER when it comes."
  ;; not a request that waits: this may run while another one does, whose answer would end this one
  (jsonrpc-async-request
   connection :workspace/textDocumentContent (list :uri uri)
   :success-fn (lambda (answer)
                 (when (buffer-live-p buffer)
                   (with-current-buffer buffer
                     (let ((inhibit-read-only t) (place (point)))
                       (erase-buffer)
                       (insert (plist-get answer :text))
                       (unless (derived-mode-p 'diff-mode) (byline--buttons))
                       (goto-char (min place (point-max)))))))
   :error-fn #'ignore :timeout-fn #'ignore))

(defun byline--buttons ()
  "Make buttons of the links of a page.
What looks like one in a quoted prompt is left as it is."
  (goto-char (point-min))
  (while (re-search-forward "\\[\\(`[^`\n]*`\\)\\](\\(\\(?:byline\\|file\\):/[^() \n]*\\))" nil t)
    (unless (save-match-data
              (save-excursion (goto-char (line-beginning-position)) (looking-at-p ">")))
      (let ((label (match-string 1)) (target (match-string 2)))
        (replace-match "" t t)
        (insert-text-button label 'action (lambda (_) (byline--follow target)) 'follow-link t
                            'help-echo "Open this")))))

(defun byline--follow (target)
  "Open TARGET, a page or a file of this machine."
  (if (string-prefix-p "byline:" target)
      (when-let ((connection (byline--live))) (byline--show-page connection target))
    (let ((file (decode-coding-string (url-unhex-string (string-remove-prefix "file://" target)) 'utf-8)))
      (if (let (file-name-handler-alist) (file-regular-p file)) (find-file-other-window file)
        (message "byline: the file is gone")))))

;;; Commands

(defun byline--run (command &rest arguments)
  "Run COMMAND of the server on this buffer with ARGUMENTS; its answer."
  (unless (bound-and-true-p byline-mode) (user-error "byline: switch on `byline-mode' in this buffer first"))
  (unless (and byline--open (byline--live)) (byline--opened))
  (unless (byline--live) (user-error "byline: the server does not run; `M-x byline-restart' tries again"))
  (byline--flush)
  (prog1 (jsonrpc-request byline--connection :workspace/executeCommand
                          (list :command command :arguments (vconcat (list (byline--uri)) arguments)) :timeout 30)
    (byline--ask)))

;;;###autoload
(defun byline-show-ai-lines ()
  "Show or hide AI lines."
  (interactive)
  (let ((found (byline--run "byline.showAiLines")))
    (when (and found (called-interactively-p 'any))
      (message "byline: %s of %s lines are an agent's%s" (plist-get found :ai_lines) (plist-get found :lines)
               (if (eq (plist-get found :shown) t) "" ", hidden")))
    found))

(defun byline-describe-line ()
  "Show all that is known of the line at point."
  (interactive)
  (byline--flush)
  (let* ((connection (or (and byline--open (byline--live)) (user-error "byline: the server does not run")))
         (hover (jsonrpc-request connection :textDocument/hover (byline--at-point)))
         (text (plist-get (plist-get hover :contents) :value)))
    (if (not text)
        (message "byline: nothing is known of this line")
      (with-current-buffer (get-buffer-create "*byline line*")
        (byline-page-mode)
        (let ((inhibit-read-only t)) (erase-buffer) (insert text "\n") (goto-char (point-min)))
        (pop-to-buffer (current-buffer))))))

(defun byline-show-session ()
  "Show the session that wrote the line at point."
  (interactive)
  (byline--run "byline.showSession" (byline--line)))

(defun byline-show-file-sessions ()
  "Show the sessions that wrote lines of this file."
  (interactive)
  (byline--run "byline.showFileSessions"))

(defun byline-show-change ()
  "Show the change that wrote the line at point."
  (interactive)
  (byline--run "byline.showChange" (byline--line)))

(defun byline-copy-session-id ()
  "Copy the id of the session that wrote the line at point."
  (interactive)
  (when-let ((id (plist-get (byline--run "byline.copySessionId" (byline--line)) :session_id)))
    (kill-new id)
    (message "byline: copied %s" id)))

(defun byline-mark-reviewed (&optional unmark)
  "Mark the line at point, or the region's, as reviewed.
With a prefix argument UNMARK take that back."
  (interactive "P")
  (apply #'byline--run "byline.markReviewed" (append (byline--lines) (list (if unmark :json-false t)))))

(defun byline-correct-owner (owner)
  "Say that OWNER wrote the line at point, or the region's lines.
OWNER is human, unknown, undo or a session's id."
  (interactive (list (completing-read "Who wrote it: " '("human" "unknown" "undo"))))
  (apply #'byline--run "byline.correctOwner" (append (byline--lines) (list owner))))

(defun byline-actions ()
  "Choose among what can be done at point."
  (interactive)
  (byline--flush)
  (let* ((lines (byline--lines))
         (range (list :start (list :line (1- (car lines)) :character 0)
                      :end (if (use-region-p) (list :line (cadr lines) :character 0)
                             (list :line (1- (car lines)) :character 0))))
         (found (jsonrpc-request (or (byline--live) (user-error "byline: the server does not run"))
                                 :textDocument/codeAction
                                 (list :textDocument (list :uri (byline--uri)) :range range
                                       :context '(:diagnostics [] :only ["source.byline"])))))
    (if (seq-empty-p found)
        (message "byline: nothing is known of this file")
      (let* ((title (completing-read "byline: " (mapcar (lambda (each) (plist-get each :title)) found) nil t))
             (chosen (plist-get (seq-find (lambda (each) (equal (plist-get each :title) title)) found) :command)))
        (jsonrpc-request byline--connection :workspace/executeCommand
                         (list :command (plist-get chosen :command) :arguments (plist-get chosen :arguments))
                         :timeout 30)))))

;;; Modes

;;;###autoload
(define-minor-mode byline-mode
  "Who wrote this line, beside whatever else serves this buffer."
  :lighter (:eval (byline--lighter))
  (if (and byline-mode (buffer-file-name))
      (progn
        (add-hook 'after-change-functions #'byline--changed nil t)
        (add-hook 'after-save-hook #'byline--saved nil t)
        (add-hook 'kill-buffer-hook #'byline--closed nil t)
        (add-hook 'after-revert-hook #'byline--flush nil t)
        (add-hook 'eldoc-documentation-functions #'byline--eldoc nil t)
        (byline--use-echo)
        (eldoc-mode 1)
        (byline--opened))
    (byline--closed)
    (byline--clear)
    (kill-local-variable 'eldoc-display-functions)
    (remove-hook 'after-change-functions #'byline--changed t)
    (remove-hook 'after-save-hook #'byline--saved t)
    (remove-hook 'kill-buffer-hook #'byline--closed t)
    (remove-hook 'after-revert-hook #'byline--flush t)
    (remove-hook 'eldoc-documentation-functions #'byline--eldoc t)
    (setq byline-mode nil)))

(defun byline--turn-on ()
  "Switch `byline-mode' on in buffers of local files."
  (when (and (buffer-file-name) (not (file-remote-p (buffer-file-name))) (not (minibufferp)))
    (byline-mode 1)))

;;;###autoload
(define-globalized-minor-mode global-byline-mode byline-mode byline--turn-on)

(provide 'byline)
;;; byline.el ends here
