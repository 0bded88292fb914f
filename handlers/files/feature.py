"""Files people send: what they belong to, who may have them."""

from bot.feature import Feature

feature = Feature("files", "文件", needs=())
feature.glossary |= {
    "file.stored": "收到文件",
    "file.lost": "文件没有收到",
    "file.filed": "归档文件",
    "file.downloaded": "下载文件",
    "sha256": "SHA-256",
}
