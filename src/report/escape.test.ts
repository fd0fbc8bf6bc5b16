import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { escapeHtml, escapeMarkdown, printable } from './escape.ts';

test('markup becomes text', () => {
  assert.is(
    escapeHtml(`</script><b title="x">'&`),
    '&lt;/script&gt;&lt;b title=&quot;x&quot;&gt;&#39;&amp;',
  );
});

test('what cannot be seen or turns text round is shown as a replacement', () => {
  assert.is(printable('a\u202eb\u2066c\u0000d\ne\u200bf'), 'a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf');
  assert.is(printable('\ud800x\udc00'), '\ufffdx\ufffd');
  assert.is(printable('日本 😀 é 100 %'), '日本 😀 é 100 %');
});

test('Markdown has no meaning in names', () => {
  assert.is(escapeMarkdown('a|b*c_[x](y)<z>`'), 'a\\|b\\*c\\_\\[x\\](y)\\<z\\>\\`');
});

test.run();
